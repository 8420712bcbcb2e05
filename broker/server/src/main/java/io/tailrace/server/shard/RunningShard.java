package io.tailrace.server.shard;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Query;
import io.tailrace.shard.Shard;
import io.tailrace.shard.StoredRecord;
import io.tailrace.shard.Timeout;
import io.tailrace.shard.TimerChange;
import io.tailrace.shard.TransactionPart;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A shard whose state is loaded: decides, appends, applies, and sends replies once they are committed. Confined to one thread at
 * a time.
 *
 * @param <S> the state
 */
final class RunningShard<S extends Shard<S>> {
    private static final Logger LOG = LoggerFactory.getLogger(RunningShard.class);

    /** No further decisions are made while this many records are uncommitted. */
    static final int UNCOMMITTED_RECORDS_MAX = 100_000;

    private static final int TIMERS_PER_RUN = 200;
    private static final long ASK_AGAIN_MS = 1_000;
    private static final long WARN_INTERVAL_MS = 60_000;

    private final ShardKind<S> kind;
    private final S state;
    private final ShardLog log;
    private final OpenRequests requests;
    private final ShardRuntime runtime;
    private final ShardTimers<S> timers = new ShardTimers<>();
    private final ParkedReplies parked = new ParkedReplies();
    /** Exclusive: the end of the records that the state has seen, where the log must end. */
    private long nextOffset;
    /** Exclusive. */
    private long committedEnd;
    /** When to retry after a wait for the high watermark could not start. */
    private long askAgainMs = Long.MIN_VALUE;

    /** When a timeout whose records are refused may be logged again. */
    private long warnFromMs = Long.MIN_VALUE;

    private boolean isBroken;

    /**
     * @param state replayed up to {@code nextOffset}, exclusive
     * @param requests the requests that get the replies
     */
    RunningShard(
            ShardKind<S> kind, S state, long nextOffset, ShardLog log, OpenRequests requests, ShardRuntime runtime) {
        this.kind = kind;
        this.state = state;
        this.nextOffset = nextOffset;
        this.log = log;
        this.requests = requests;
        this.runtime = runtime;
    }

    /** Whether state and log may differ, so that the shard must be loaded again. */
    boolean isBroken() {
        return isBroken;
    }

    /**
     * Whether everything that the state has seen is committed. Until this is true for the first time, an earlier leader may have
     * answered with more than is committed here.
     */
    boolean isCommitted() {
        return committedEnd >= nextOffset;
    }

    /** Starts the timers of a state that was loaded. */
    void start() {
        long nowMs = runtime.wallMs().getAsLong();
        kind.refresh(state);
        state.loaded(nowMs).forEach(change -> setTimer(change, nowMs));
    }

    <A> void decide(ShardRequest<A> request, Operation<S, A> operation) {
        if (!request.isOpen()) {
            return;
        }
        long nowMs = runtime.wallMs().getAsLong();
        Decision<S> decision;
        try {
            kind.refresh(state);
            decision = operation.decide(state, request.ticket(), nowMs);
        } catch (RuntimeException e) {
            LOG.error("An operation failed and changed nothing: {} in {}", nameOf(operation), id(), e);
            requests.refuse(request, ErrorCode.UNKNOWN_SERVER_ERROR);
            return;
        }
        ShardAppend outcome = perform(decision, nowMs);
        if (outcome instanceof ShardAppend.Refused refused) {
            requests.refuse(request, refused.error());
        } else if (outcome instanceof ShardAppend.Unverified unverified) {
            requests.answer(request.ticket().reply(operation.unverified(unverified.verification())));
        }
    }

    <A> void answer(ShardRequest<A> request, Query<S, A> query) {
        if (!request.isOpen()) {
            return;
        }
        if (!log.leads()) {
            requests.refuse(request, ErrorCode.NOT_COORDINATOR);
            return;
        }
        A answer;
        try {
            kind.refresh(state);
            answer = query.answer(state, runtime.wallMs().getAsLong());
        } catch (RuntimeException e) {
            LOG.error("A query failed: {} in {}", nameOf(query), id(), e);
            requests.refuse(request, ErrorCode.UNKNOWN_SERVER_ERROR);
            return;
        }
        requests.answer(request.ticket().reply(answer));
    }

    /** Carries out all of a decision, or only renews timers because nothing was appended. */
    private ShardAppend perform(Decision<S> decision, long nowMs) {
        ShardAppend outcome = append(decision, nowMs);
        if (!(outcome instanceof ShardAppend.Done done)) {
            decision.timers().forEach(change -> renewRunning(change, nowMs));
            return outcome;
        }
        if (!replay(decision, done.offsets())) {
            return new ShardAppend.Refused(ErrorCode.UNKNOWN_SERVER_ERROR);
        }
        decision.timers().forEach(change -> setTimer(change, nowMs));
        if (!decision.replies().isEmpty()) {
            parked.add(nextOffset, runtime.time().nowMs() + runtime.acknowledgeMsMax(), decision.replies());
        }
        sendCommitted();
        return outcome;
    }

    private ShardAppend append(Decision<S> decision, long nowMs) {
        if (nextOffset - committedEnd >= UNCOMMITTED_RECORDS_MAX) {
            return new ShardAppend.Refused(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        }
        ShardAppend outcome = log.append(decision, nextOffset, nowMs);
        if (outcome instanceof ShardAppend.Refused refused && refused.error() == ErrorCode.OFFSET_OUT_OF_RANGE) {
            LOG.warn("Log of a shard does not end where its state expects it, it is loaded again: {}", id());
            isBroken = true;
            return new ShardAppend.Refused(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        }
        return outcome;
    }

    /** Returns false if the state may lack a part of the decision. */
    private boolean replay(Decision<S> decision, int offsets) {
        long offset = nextOffset;
        nextOffset += offsets;
        try {
            if (offsets > 0) {
                replay(decision, offset);
            }
            decision.changes().forEach(change -> change.applyTo(state));
            return true;
        } catch (RuntimeException e) {
            LOG.error("A shard does not understand its own decision, it is loaded again: {} at {}", id(), offset, e);
            isBroken = true;
            return false;
        }
    }

    private void replay(Decision<S> decision, long firstOffset) {
        TransactionPart transaction = decision.transaction();
        if (transaction instanceof TransactionPart.End end) {
            state.endTransaction(firstOffset, end.marker());
            return;
        }
        long offset = firstOffset;
        for (StoredRecord record : decision.records()) {
            if (transaction instanceof TransactionPart.Records part) {
                state.replayInTransaction(offset++, record, part.producerId());
            } else {
                state.replay(offset++, record);
            }
        }
    }

    private void setTimer(TimerChange<S> change, long nowMs) {
        if (change instanceof TimerChange.Start<S> start) {
            timers.start(start.timer(), runningTime(start.atMs(), nowMs));
        } else if (change instanceof TimerChange.Renew<S> renewal) {
            timers.start(renewal.timer(), runningTime(renewal.atMs(), nowMs));
        } else if (change instanceof TimerChange.Stop<S> stop) {
            timers.stop(stop.timer());
        } else {
            throw new IllegalStateException("unknown change of a timer: " + change);
        }
    }

    private void renewRunning(TimerChange<S> change, long nowMs) {
        if (change instanceof TimerChange.Renew<S> renewal && timers.isRunning(renewal.timer())) {
            setTimer(renewal, nowMs);
        }
    }

    private long runningTime(long atMs, long nowMs) {
        return runtime.time().nowMs() + Math.max(0, atMs - nowMs);
    }

    /** Sends the replies that no longer have to wait, and refuses those whose outcome can no longer be known. */
    void sendCommitted() {
        @Nullable ErrorCode outcome = log.takeOutcome();
        OptionalLong end = log.committedEnd();
        if (end.isPresent()) {
            boolean isMore = end.getAsLong() > committedEnd;
            committedEnd = end.getAsLong();
            state.timeline().commit(committedEnd);
            parked.takeCommitted(committedEnd, requests::answer);
            if (isMore) {
                kind.committed(log.partition().id().partition());
            }
        }
        if (outcome != null && outcome != ErrorCode.NONE) {
            parked.takeAll(reply -> requests.refuse(reply, outcome));
            askAgainMs = runtime.time().nowMs() + ASK_AGAIN_MS;
        }
        askWhenCommitted();
    }

    private void askWhenCommitted() {
        if (parked.firstEndOffset().isPresent()) {
            log.askForNews(parked.firstEndOffset().getAsLong());
        } else if (!isCommitted() && runtime.time().nowMs() >= askAgainMs) {
            log.askForNews(nextOffset);
        }
    }

    /**
     * Acts on the timers that have expired, and refuses replies that have waited for too long.
     *
     * @return whether more timers have expired
     */
    boolean expire() {
        parked.takeExpired(
                runtime.time().nowMs(), reply -> requests.refuse(reply, ErrorCode.COORDINATOR_NOT_AVAILABLE));
        for (int i = 0; i < TIMERS_PER_RUN && !isBroken; i++) {
            ShardTimers.Deadline<S> expired = timers.pollExpired(runtime.time().nowMs());
            if (expired == null) {
                return false;
            }
            if (!act(expired.timeout())) {
                timers.retry(expired, runtime.time().nowMs());
            }
        }
        return !isBroken;
    }

    private boolean act(Timeout<S> timeout) {
        long nowMs = runtime.wallMs().getAsLong();
        Decision<S> decision;
        try {
            kind.refresh(state);
            decision = timeout.expired(state, nowMs);
        } catch (RuntimeException e) {
            LOG.error("A timeout failed and changed nothing: {} in {}", timeout, id(), e);
            return false;
        }
        ShardAppend outcome = perform(decision, nowMs);
        if (!(outcome instanceof ShardAppend.Done)) {
            warnOfRefusal(outcome, timeout);
        }
        return outcome instanceof ShardAppend.Done;
    }

    /** At most once a minute: while replicas are missing, this happens to every timer. */
    private void warnOfRefusal(ShardAppend outcome, Timeout<S> timeout) {
        long nowMs = runtime.time().nowMs();
        if (nowMs >= warnFromMs) {
            warnFromMs = nowMs + WARN_INTERVAL_MS;
            LOG.warn("Records of a timeout are not appended, it is tried again: {}: {} in {}", outcome, timeout, id());
        }
    }

    /** When this shard has something to do even if nothing happens, in {@link RunningTime}. */
    OptionalLong nextMs() {
        OptionalLong askAgain = isCommitted() || log.expectsNews() ? OptionalLong.empty() : OptionalLong.of(askAgainMs);
        return Stream.of(timers.nextMs(), parked.firstDeadlineMs(), askAgain)
                .flatMapToLong(OptionalLong::stream)
                .min();
    }

    /** Decisions whose replies wait for replicas. */
    int decisionsUncommitted() {
        return parked.size();
    }

    int timersRunning() {
        return timers.size();
    }

    /** The whole of a request may be large. */
    private static String nameOf(Object request) {
        return request.getClass().getSimpleName();
    }

    private Object id() {
        return log.partition().id();
    }
}
