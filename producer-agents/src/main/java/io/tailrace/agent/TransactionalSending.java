package io.tailrace.agent;

import io.tailrace.agent.audit.AuditLedger;
import io.tailrace.agent.checkpoint.CheckpointChange;
import io.tailrace.agent.checkpoint.CheckpointRecords;
import io.tailrace.agent.delivery.Backoff;
import io.tailrace.agent.tail.Moment;
import io.tailrace.agent.transaction.AgentTransactionConfig;
import io.tailrace.agent.transaction.PositionHeader;
import io.tailrace.agent.transaction.PositionTopic.Positions;
import io.tailrace.client.ClientException;
import io.tailrace.client.ProducerRecord;
import io.tailrace.client.TransactionalProducer;
import io.tailrace.config.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends in transactions: lines, dead letters, counts, and the positions after them become visible together, and then enter the checkpoint
 * (ADR 178). Not thread-safe.
 *
 * <p>One transaction is on the way at a time. It takes chunks until it is due. Then it ends, once its chunks are accepted, with the
 * positions and the commit. What is read meanwhile is encoded and kept for the next one. After any failure the agent takes its id again,
 * as a successor does, and learns from the topic of the positions whether the transaction was committed; if not, the same is sent again
 * from memory.
 */
final class TransactionalSending implements Sending {
    private static final Logger log = LoggerFactory.getLogger(TransactionalSending.class);

    /** For so long a fenced agent leaves the id to a successor, which has committed by then; a timeout fences, too. */
    private static final long SUCCESSION_MS = 5_000;

    private final SendingParts parts;
    private final AuditReporter audit;
    private final AgentTransactionConfig config;
    private final TransactionStart start;
    private final TransactionalProducer producer;
    private final CheckpointRecords records;
    private final IdTaking taking;
    private final Backoff failures = new Backoff();
    private final Silence silence = new Silence("transaction");

    /** What the topic has had since the last commit; empty if nothing was ever committed. */
    private Optional<PositionHeader> committed;
    /** From where positions would be read. */
    private long readFrom;

    /** Takes chunks. */
    private TransactionUnit open;
    /** Takes no more; null if none is ending. */
    private @Nullable TransactionUnit ending;

    /** Why the last transaction failed; null if it was committed. */
    private @Nullable String lastFailure;
    /** What was read when the id was taken again; null unless the next attempt waits for its time. */
    private @Nullable Positions retaken;

    private long takeAtMs;
    private long finalChunks;
    private long committedMs = Long.MIN_VALUE / 2;
    private long endingSinceMs;
    private long stateAtMs = Long.MAX_VALUE;

    TransactionalSending(SendingParts parts, TransactionStart start) {
        this.parts = parts;
        this.start = start;
        audit = parts.audit();
        config = start.config();
        producer = start.producer();
        records = start.records();
        taking = start.taking();
        committed = start.committed();
        readFrom = start.positions().endOffset();
        open = new TransactionUnit(producer, parts, false);
    }

    @Override
    public boolean takeAnswers(Moment now) {
        boolean advanced = advance(now);
        List<Flight> inFlight = new ArrayList<>();
        Optional.ofNullable(ending)
                .ifPresent(unit -> inFlight.addAll(unit.flights().all()));
        inFlight.addAll(open.flights().all());
        Flights.observe(inFlight, parts.sources(), now.steadyMs());
        if (ending == null) {
            silence.end();
        } else {
            silence.observe(
                    endingSinceMs,
                    now.steadyMs(),
                    () -> Objects.requireNonNullElse(lastFailure, "the transaction has not ended yet"));
        }
        return advanced;
    }

    private boolean advance(Moment now) {
        if (isRecovering()) {
            return recover(now);
        }
        TransactionUnit first = ending == null ? open : ending;
        Throwable failure = first.failure();
        if (failure != null) {
            fail(failure, now.steadyMs());
            return recover(now);
        }
        open.advance(now.steadyMs());
        if (ending == null) {
            return false;
        }
        if (ending.conclusion() == null) {
            if (ending.advance(now.steadyMs())) {
                conclude(ending, now);
            }
            return false;
        }
        if (ending.isCommitted()) {
            committed(ending, now);
            return true;
        }
        return false;
    }

    /** Sends what follows from the chunks, which are accepted, and commits. */
    private void conclude(TransactionUnit unit, Moment now) {
        unit.begin();
        AuditLedger.State before = unit.count(now.wallMs());
        List<ProducerRecord> statements = isStatementDue(unit, now.steadyMs())
                ? audit.state(parts.states(now), now.wallMs(), unit.isLast())
                : List.of();
        Map<String, Optional<byte[]>> positions = records.of(unit.takeChange());
        List<ProducerRecord> outgoing = new ArrayList<>(statements);
        positions.forEach((key, value) -> outgoing.add(record(key, value.orElse(null), now)));
        for (ProducerRecord record : outgoing) {
            // If it fails, so does the transaction.
            var unusedAnswer = producer.send(record);
        }
        var header = producer.send(record(PositionHeader.KEY, nextHeader().encode(), now));
        var commit = producer.commit();
        unit.conclude(new TransactionUnit.Conclusion(before, positions, header, commit, !statements.isEmpty()));
        var unused = commit.whenComplete((done, failure) -> parts.wakeUp().run());
    }

    private PositionHeader nextHeader() {
        return new PositionHeader(
                start.agent(),
                start.instance(),
                committed.map(PositionHeader::sequence).orElse(0L) + 1);
    }

    private ProducerRecord record(String key, byte @Nullable [] value, Moment now) {
        return new ProducerRecord(
                config.topic(),
                OptionalInt.of(start.positions().partition()),
                OptionalLong.of(now.wallMs()),
                (config.agentId() + "\n" + key).getBytes(StandardCharsets.UTF_8),
                value,
                List.of());
    }

    private boolean isStatementDue(TransactionUnit unit, long steadyMs) {
        boolean isDue = unit.isLast() || steadyMs >= stateAtMs || audit.shouldSeal();
        return isDue && parts.auditGate().isOpen(steadyMs) && audit.mayState(steadyMs);
    }

    private void committed(TransactionUnit unit, Moment now) {
        TransactionUnit.Conclusion conclusion = unit.conclusion();
        if (conclusion == null) {
            throw new IllegalStateException("committed without positions");
        }
        committed = Optional.of(nextHeader());
        if (conclusion.header().isDone() && !conclusion.header().isCompletedExceptionally()) {
            conclusion.header().join().offset().ifPresent(offset -> readFrom = offset + 1);
        }
        records.committed(conclusion.positions());
        parts.checkpoint().write(unit.takenChange(), now.steadyMs());
        unit.flights().all().forEach(flight -> parts.release(flight, now.wallMs()));
        finalChunks += unit.flights().all().size();
        if (conclusion.hasStatement()) {
            stateAtMs = now.steadyMs() + parts.config().audit().intervalMs();
            parts.monitor().countsAcknowledged(now.wallMs());
            parts.monitor().stated(audit.readUpToMs());
        }
        failures.succeeded();
        if (lastFailure != null) {
            log.info("transactions are committed again: agent.id={}", config.agentId());
        }
        lastFailure = null;
        committedMs = now.steadyMs();
        ending = null;
    }

    /** Nothing is known of the transaction until the id is taken again. */
    private void fail(Throwable failure, long steadyMs) {
        String why = String.valueOf(failure.getMessage());
        if (!why.equals(lastFailure)) {
            log.warn(
                    "transaction failed, its lines are sent again unless it was committed: agent.id={}, {}",
                    config.agentId(),
                    why);
        }
        lastFailure = why;
        failures.failed(steadyMs);
        boolean isFence = failure instanceof ClientException client && client.isFence();
        takeAtMs = isFence ? steadyMs + SUCCESSION_MS : steadyMs;
        taking.begin(readFrom, steadyMs);
    }

    /** Whether it is not known what became of a transaction, or the next attempt waits for its time. */
    private boolean isRecovering() {
        return taking.isWaiting() || retaken != null;
    }

    /** Takes the id at once, since that ends the transaction for which readers wait, and then waits before the next attempt. */
    private boolean recover(Moment now) {
        if (taking.isWaiting() && now.steadyMs() >= takeAtMs) {
            taking.result(now.steadyMs()).ifPresent(positions -> retaken = positions);
        }
        Positions positions = retaken;
        if (positions == null) {
            return false;
        }
        Optional<PositionHeader> found = header(positions).or(() -> committed);
        if (found.equals(committed) && !failures.isOver(now.steadyMs())) {
            return false;
        }
        retaken = null;
        goOn(found, positions, now);
        return true;
    }

    /** @param found the last transaction that was committed under the id */
    private void goOn(Optional<PositionHeader> found, Positions positions, Moment now) {
        readFrom = positions.endOffset();
        TransactionUnit first = ending == null ? open : ending;
        if (found.equals(committed)) {
            first.sendAgain();
        } else if (first.conclusion() != null && found.equals(Optional.of(nextHeader()))) {
            committed(first, now);
        } else {
            throw replaced("agent.id=" + config.agentId()
                    + ": another agent with this id is running, and has the" + " transactional id "
                    + config.transactionalId() + " now. Give each agent an agent.id of its own");
        }
    }

    /** An agent that was replaced must not start again by itself; one that could not take another one's place should. */
    private RuntimeException replaced(String message) {
        return hasTakenOver() ? new ConfigException(message) : new IllegalStateException(message);
    }

    /** Whether the topic says that this agent has the id. */
    private boolean hasTakenOver() {
        return committed
                .filter(header -> header.instance().equals(start.instance()))
                .isPresent();
    }

    private static Optional<PositionHeader> header(Positions positions) {
        byte[] value = positions.values().get(PositionHeader.KEY);
        try {
            return value == null ? Optional.empty() : Optional.of(PositionHeader.decode(value));
        } catch (IOException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void conclude(Moment now) {
        long steadyMs = now.steadyMs();
        // The first statement comes after an interval, when the files have been read.
        stateAtMs = Math.min(stateAtMs, steadyMs + parts.config().audit().intervalMs());
        audit.observeFull(steadyMs);
        bringUpToDate(steadyMs);
        if (ending != null || isRecovering()) {
            return;
        }
        if (open.flights().isEmpty()) {
            if (steadyMs - committedMs >= config.intervalMs()) {
                endWithoutLines(now, false);
            }
            return;
        }
        open.begin();
        // As much again is read while this one is committed.
        boolean isLarge = 2 * open.mostChunksOfAFile() >= TransactionStart.CHUNKS_IN_FLIGHT
                || parts.sources().stream().anyMatch(parts.memory()::isCommitDue);
        if (isLarge || open.ageMs(steadyMs) >= config.intervalMs()) {
            end(now);
        }
    }

    /** Writes the checkpoint if the last attempt failed or this agent has none, and forces it to the disk if that is due. */
    private void bringUpToDate(long steadyMs) {
        parts.checkpoint().write(CheckpointChange.NONE, steadyMs);
    }

    /** Has the open transaction end. */
    private void end(Moment now) {
        TransactionUnit due = open;
        due.begin();
        ending = due;
        endingSinceMs = now.steadyMs();
        open = new TransactionUnit(producer, parts, false);
        if (due.advance(now.steadyMs())) {
            conclude(due, now);
        }
    }

    /** Brings what files have come to, and statements, to the topic, if there is anything of that. */
    private void endWithoutLines(Moment now, boolean isLast) {
        TransactionUnit unit = new TransactionUnit(producer, parts, isLast);
        CheckpointChange change = parts.checkpoint().takeChange();
        if (!change.isEmpty() || !hasTakenOver() || isStatementDue(unit, now.steadyMs())) {
            unit.bring(change);
            ending = unit;
            endingSinceMs = now.steadyMs();
            conclude(unit, now);
        }
    }

    @Override
    public boolean send(List<Read> read, Moment now) {
        boolean sent = !read.isEmpty();
        if (sent && ending == null && !isRecovering()) {
            open.begin();
        }
        read.forEach(lines -> open.add(lines, now.steadyMs()));
        read.clear();
        return sent || (ending != null && ending.isCommitted());
    }

    @Override
    public void stepToStop(Moment now) {
        takeAnswers(now);
        bringUpToDate(now.steadyMs());
        boolean mayCount = parts.auditGate().isOpen(now.steadyMs());
        if (ending != null || isRecovering()) {
            return;
        }
        if (!open.flights().isEmpty()) {
            end(now);
        } else if (!audit.hasStopped()) {
            endWithoutLines(now, mayCount);
        }
    }

    @Override
    public boolean isSettled() {
        boolean isStated = audit.hasStopped() || !parts.auditGate().problem().isEmpty();
        return isEmpty()
                && ending == null
                && !isRecovering()
                && isStated
                && audit.isSettled()
                && !parts.checkpoint().hasFailed();
    }

    @Override
    public boolean isEmpty() {
        return open.flights().isEmpty() && (ending == null || ending.flights().isEmpty());
    }

    @Override
    public int linesInFlight() {
        return open.flights().lines() + (ending == null ? 0 : ending.flights().lines());
    }

    @Override
    public boolean hasCountsInFlight() {
        return ending != null;
    }

    @Override
    public long finalChunks() {
        return finalChunks;
    }

    @Override
    public Stream<String> problems(long steadyMs, long silenceMs) {
        return Stream.of(
                        taking.problem(steadyMs, silenceMs),
                        silence.problem(steadyMs, silenceMs),
                        audit.problem(steadyMs))
                .flatMap(Optional::stream);
    }
}
