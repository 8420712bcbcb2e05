package io.tailrace.agent;

import io.tailrace.agent.audit.AuditLedger;
import io.tailrace.agent.audit.ReadFrontier;
import io.tailrace.agent.audit.ReadFrontier.Reading;
import io.tailrace.agent.audit.Tallies;
import io.tailrace.agent.checkpoint.Checkpoint;
import io.tailrace.agent.delivery.Delivery;
import io.tailrace.agent.tail.ReadState;
import io.tailrace.client.ClientException;
import io.tailrace.client.ProducerRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what the agent states about its lines: counts and sums of those that were acknowledged, and up to which event time
 * there are no others. Not thread-safe.
 *
 * <p>A statement about the time relies on the counts that are sealed with it, so it is sent after they are acknowledged.
 * Both are in the checkpoint before they are sent.
 */
final class AuditReporter {
    private static final Logger log = LoggerFactory.getLogger(AuditReporter.class);
    private static final long TOPIC_RETRY_MS = 60_000;

    private final AgentConfig config;
    private final AuditRecords records;
    private final Connections connections;
    private final Runnable wakeUp;
    private final String identity;
    private final AuditLedger ledger;
    private final ReadFrontier frontier;
    private final FullCounts full;

    private @Nullable Delivery countsInFlight;
    private @Nullable Delivery progressInFlight;
    /** What is stated once all sealed counts are acknowledged. */
    private @Nullable Progress progress;
    /** Whether the statement of a stopped agent was made. */
    private boolean hasStopped;

    private final BackgroundCall<Boolean> createTopic;
    private boolean topicExists;
    private long createTopicAtMs = Long.MIN_VALUE;
    /** When that which is in flight was sent. */
    private long sentMs;

    /** A source's files, and the topic of its lines. */
    record SourceState(String topic, ReadState files) {}

    /**
     * A statement about each topic.
     *
     * @param nextSequence sequence of the first count that it does not rely on
     * @param madeMs when it was made
     * @param stopped whether it is the agent's last before a stop
     */
    record Progress(long nextSequence, List<Reading> readings, long madeMs, boolean stopped) {}

    AuditReporter(
            AgentConfig config, AuditRecords records, Connections connections, Runnable wakeUp, Checkpoint checkpoint) {
        this.config = config;
        this.records = records;
        this.connections = connections;
        this.wakeUp = wakeUp;
        identity = checkpoint.agent();
        createTopic = new BackgroundCall<>(connections.background(), wakeUp, () -> {
            connections.topics().createCompacted(config.audit().progressTopic());
            return true;
        });
        ledger = new AuditLedger(checkpoint.audit(), config.topics().size());
        full = new FullCounts(config.audit().topic());
        frontier = new ReadFrontier(config.audit().disorderMs(), checkpoint.readUpToMs());
    }

    AuditLedger.State counts() {
        return ledger.state();
    }

    /** What changed in the counts since this was last called. */
    AuditLedger.Change takeChange() {
        return ledger.takeChange();
    }

    /** Up to which event time each topic's lines are sent and counted, as stated last. */
    Map<String, Long> readUpToMs() {
        return frontier.readUpToMs();
    }

    /** Whether there are so many open counts that they should be sealed before their time. */
    boolean shouldSeal() {
        return ledger.isHalfFull() && maySeal();
    }

    private boolean maySeal() {
        return ledger.sealed().isEmpty() && !hasStopped;
    }

    /** Whether no more lines of a topic should be read until counts are acknowledged: they would need further counts in memory. */
    boolean isFull(String topic) {
        return full.isFull(topic);
    }

    /** Why lines are not read; empty if they are. */
    Optional<String> problem(long steadyMs) {
        return full.problem(steadyMs);
    }

    boolean isInFlight() {
        return countsInFlight != null || progressInFlight != null;
    }

    /** Whether everything is stated and acknowledged. */
    boolean isSettled() {
        return !isInFlight() && progress == null && ledger.sealed().isEmpty() && !ledger.hasOpen();
    }

    /**
     * Counts the lines of a content, which were acknowledged.
     *
     * @param topic the topic of the lines that did not become dead letters
     */
    void acknowledged(String contentId, String topic, Tallies lines, long wallMs) {
        ledger.add(lines);
        frontier.acknowledged(contentId, lines.latestEventMs(topic), wallMs);
    }

    /**
     * Reads the answers of the brokers.
     *
     * @return whether counts or statements were acknowledged
     */
    boolean takeAcknowledgements(long nowMs) {
        boolean advanced = false;
        if (countsInFlight != null && countsInFlight.advance(nowMs)) {
            countsInFlight = null;
            ledger.acknowledge();
            advanced = true;
        }
        if (progressInFlight != null && progressInFlight.advance(nowMs)) {
            progressInFlight = null;
            advanced = true;
        }
        return advanced;
    }

    /**
     * Makes the open counts final and states up to which time they are whole, unless earlier ones are not acknowledged.
     *
     * @param sources every source
     * @param stopping whether the agent reads no more, so that the statement is its last
     * @return whether the checkpoint must be written
     */
    boolean seal(List<SourceState> sources, long wallMs, boolean stopping) {
        if (!maySeal()) {
            return false;
        }
        if (ledger.hasOpen()) {
            ledger.seal();
        }
        hasStopped = stopping;
        progress = new Progress(ledger.nextSequence(), readings(sources, wallMs), wallMs, stopping);
        return true;
    }

    private List<Reading> readings(List<SourceState> sources, long wallMs) {
        List<ReadState> all = sources.stream().map(SourceState::files).toList();
        Map<String, List<ReadState>> byTopic = new TreeMap<>();
        sources.forEach(source -> byTopic.computeIfAbsent(source.topic(), topic -> new ArrayList<>())
                .add(source.files()));
        List<Reading> readings = new ArrayList<>();
        byTopic.forEach((topic, states) -> readings.add(frontier.advance(topic, states, wallMs)));
        if (!byTopic.containsKey(config.deadLetterTopic())) {
            readings.add(frontier.advanceDeadLetters(config.deadLetterTopic(), all, wallMs));
        }
        frontier.retain(all);
        return readings;
    }

    /** Whether counts and statements can be sent in a transaction, and the agent's last statement was not made. */
    boolean mayState(long nowMs) {
        return !hasStopped && createTopic(nowMs) && isTopicKnown();
    }

    /** Whether the agent's last statement was made. */
    boolean hasStopped() {
        return hasStopped;
    }

    /**
     * Makes the open counts final, and states up to which time they are whole, in records that become visible together with the lines that
     * they count.
     *
     * @param sources every source
     * @param stopping whether the agent reads no more, so that the statement is its last
     */
    List<ProducerRecord> state(List<SourceState> sources, long wallMs, boolean stopping) {
        List<AuditLedger.Sealed> counts = new ArrayList<>(ledger.sealed());
        ledger.acknowledge();
        ledger.seal();
        counts.addAll(ledger.sealed());
        ledger.acknowledge();
        hasStopped = stopping;
        Progress made = new Progress(ledger.nextSequence(), readings(sources, wallMs), wallMs, stopping);
        List<ProducerRecord> outgoing = new ArrayList<>();
        counts.forEach(count -> outgoing.add(records.count(identity, count)));
        made.readings().forEach(reading -> outgoing.add(records.progress(identity, made, reading)));
        return outgoing;
    }

    /** Goes back to earlier {@link #counts}, as nothing that was counted or stated since has become visible. */
    void takeBack(AuditLedger.State earlier) {
        ledger.restore(earlier);
        hasStopped = false;
    }

    /**
     * Sends what is sealed. The checkpoint must be on disk.
     *
     * @return whether anything was sent
     */
    boolean send(long nowMs) {
        if (!ledger.sealed().isEmpty()) {
            if (countsInFlight != null) {
                return false;
            }
            sentMs = nowMs;
            countsInFlight = send(ledger.sealed().stream()
                    .map(count -> records.count(identity, count))
                    .toList());
            return true;
        }
        Progress toSend = progress;
        if (toSend == null || progressInFlight != null || !createTopic(nowMs) || !isTopicKnown()) {
            return false;
        }
        sentMs = nowMs;
        progressInFlight = send(toSend.readings().stream()
                .map(reading -> records.progress(identity, toSend, reading))
                .toList());
        progress = null;
        return true;
    }

    /** Notes for which topics the memory is full of counts. */
    void observeFull(long nowMs) {
        full.observe(ledger.fullTopics(), nowMs);
    }

    /** As {@link #observeFull}, and says for how long something has been in flight. */
    void observe(Silence silence, long nowMs) {
        observeFull(nowMs);
        Delivery waiting = countsInFlight == null ? progressInFlight : countsInFlight;
        if (waiting == null) {
            silence.end();
        } else {
            silence.observe(sentMs, nowMs, waiting::obstacle);
        }
    }

    private Delivery send(List<ProducerRecord> outgoing) {
        return new Delivery(connections.producer(), outgoing, wakeUp);
    }

    /** A topic that was created a moment ago is not known at once. */
    private boolean isTopicKnown() {
        return connections
                .producer()
                .unavailability(config.audit().progressTopic())
                .isEmpty();
    }

    /** Creates the topic of the statements, at most once a minute until that succeeds. */
    private boolean createTopic(long nowMs) {
        if (!topicExists && nowMs >= createTopicAtMs) {
            String topic = config.audit().progressTopic();
            try {
                topicExists = createTopic.result().isPresent();
            } catch (ClientException e) {
                log.warn("cannot create topic, trying again in a minute: {}, {}", topic, e.getMessage());
                createTopicAtMs = nowMs + TOPIC_RETRY_MS;
            }
        }
        return topicExists;
    }
}
