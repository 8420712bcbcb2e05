package io.tailrace.server.shard;

import io.tailrace.log.OffsetNotInLogException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.server.partition.Partition;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Query;
import io.tailrace.shard.Shard;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hosts the shard of a partition that this broker leads, for one leader epoch: loads it, passes requests to it, and closes it.
 * Thread-safe.
 *
 * <p>At most {@value #REQUESTS_MAX} requests wait for the shard, which handles them on the threads of the runtime.
 *
 * @param <S> the state
 */
final class ShardHost<S extends Shard<S>> {
    private static final Logger LOG = LoggerFactory.getLogger(ShardHost.class);

    static final int REQUESTS_MAX = 10_000;
    private static final int REQUESTS_PER_RUN = 200;
    private static final long LOAD_AGAIN_MS_MIN = 100;
    private static final int LOAD_DOUBLINGS_MAX = 8;

    private enum Phase {
        LOADING,
        ACTIVE,
        CLOSED
    }

    private final ShardKind<S> kind;
    private final ShardRuntime runtime;
    private final LongSupplier tickets;
    private final ShardLog log;
    private final Mailbox mailbox;
    private final WakeUp wakeUp;
    private final OpenRequests open = new OpenRequests();
    private final Queue<Work<S>> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicReference<@Nullable Loaded<S>> loaded = new AtomicReference<>();
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.LOADING);
    private final int leaderEpoch;
    private volatile ShardStatus.Load lastLoad = ShardStatus.Load.NONE;
    private volatile boolean hasFailed;
    private volatile int decisionsUncommitted;
    /** Failed loads since the last successful one. Used by one load at a time, and then in the mailbox. */
    private int failedLoads;
    /** Used in the mailbox. */
    private @Nullable RunningShard<S> shard;
    /** Requests since timers were looked at. Used in the mailbox. */
    private int requestsBeforeTimers;

    /** A request on its way to the shard. */
    private record Work<S extends Shard<S>>(ShardRequest<?> request, Consumer<RunningShard<S>> task) {}

    private record Loaded<S extends Shard<S>>(S state, long nextOffset) {}

    /** @param tickets a new number for each request of this process */
    ShardHost(Partition partition, int leaderEpoch, ShardKind<S> kind, ShardRuntime runtime, LongSupplier tickets) {
        this.kind = kind;
        this.runtime = runtime;
        this.tickets = tickets;
        this.mailbox = new Mailbox(runtime.shards(), this::work);
        this.log = new ShardLog(partition, leaderEpoch, mailbox::signal);
        this.wakeUp = new WakeUp(runtime.alarms(), mailbox::signal);
        this.leaderEpoch = leaderEpoch;
    }

    int leaderEpoch() {
        return leaderEpoch;
    }

    /** Starts loading. Returns at once. */
    void start() {
        runtime.loaders().execute(this::load);
    }

    /** Answers all requests with {@code NOT_COORDINATOR}, now and from now on. Returns at once. */
    void close() {
        phase.set(Phase.CLOSED);
        mailbox.signal();
    }

    ShardStatus status() {
        return new ShardStatus(
                partition().id().partition(), leaderEpoch, state(), lastLoad, open.size(), decisionsUncommitted);
    }

    private ShardStatus.State state() {
        if (phase.get() == Phase.ACTIVE) {
            return ShardStatus.State.ACTIVE;
        }
        return hasFailed ? ShardStatus.State.FAILED : ShardStatus.State.LOADING;
    }

    <A> Submission submit(Operation<S, A> operation, Consumer<A> answer) {
        ShardRequest<A> request = new ShardRequest<>(tickets.getAsLong(), operation::refused, answer);
        offer(request, running -> running.decide(request, operation));
        return () -> open.giveUp(request);
    }

    <A> void query(Query<S, A> query, Consumer<A> answer) {
        ShardRequest<A> request = new ShardRequest<>(tickets.getAsLong(), query::refused, answer);
        offer(request, running -> running.answer(request, query));
    }

    private void offer(ShardRequest<?> request, Consumer<RunningShard<S>> task) {
        Phase now = phase.get();
        if (now != Phase.ACTIVE) {
            request.refuse(now == Phase.LOADING ? ErrorCode.COORDINATOR_LOAD_IN_PROGRESS : ErrorCode.NOT_COORDINATOR);
            return;
        }
        if (queued.incrementAndGet() > REQUESTS_MAX) {
            queued.decrementAndGet();
            request.refuse(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
            return;
        }
        open.add(request);
        queue.add(new Work<>(request, task));
        mailbox.signal();
    }

    private boolean isClosed() {
        return phase.get() == Phase.CLOSED;
    }

    private void load() {
        if (isClosed()) {
            return;
        }
        long beganMs = runtime.time().nowMs();
        try {
            S state = kind.create();
            ShardLoader loader = new ShardLoader(log.partition(), state);
            long end = loader.load(this::isClosed);
            lastLoad = new ShardStatus.Load(runtime.time().nowMs() - beganMs, loader.records(), loader.skipped());
            loaded.set(new Loaded<>(state, end));
            mailbox.signal();
        } catch (IOException | RuntimeException e) {
            loadFailed(e);
        }
    }

    private void loadFailed(Exception cause) {
        if (isClosed()) {
            return;
        }
        hasFailed = true;
        long delayMs = LOAD_AGAIN_MS_MIN << Math.min(failedLoads++, LOAD_DOUBLINGS_MAX);
        if (cause instanceof OffsetNotInLogException) {
            LOG.info(
                    "Log of a shard lost its start while it was loaded, trying again: {}",
                    partition().id());
        } else {
            LOG.error(
                    "A shard cannot be loaded, trying again in {} ms: {}",
                    delayMs,
                    partition().id(),
                    cause);
        }
        if (cause instanceof IOException failure) {
            // If the disk has failed, this takes the partition offline, and another replica leads.
            var unused = partition().errorOf(failure);
        }
        var unused = runtime.alarms().set(delayMs, this::start);
    }

    private Partition partition() {
        return log.partition();
    }

    /** In the mailbox. Returns whether there is more to do at once. */
    private boolean work() {
        Loaded<S> arrived = loaded.getAndSet(null);
        if (isClosed()) {
            end();
            return false;
        }
        if (arrived != null) {
            shard = new RunningShard<>(kind, arrived.state(), arrived.nextOffset(), log, open, runtime);
        }
        RunningShard<S> running = shard;
        if (running == null) {
            refuseQueued();
            return false;
        }
        running.sendCommitted();
        // Before that, the former leader may have answered with more than is known to be committed here.
        if (phase.get() == Phase.LOADING && running.isCommitted() && !start(running)) {
            return false;
        }
        if (phase.get() == Phase.LOADING) {
            refuseQueued();
        }
        boolean isMore = phase.get() == Phase.ACTIVE && workOn(running);
        if (running.isBroken()) {
            loadAgain();
            return false;
        }
        decisionsUncommitted = running.decisionsUncommitted();
        wakeUp.setAt(running.nextMs(), runtime.time().nowMs());
        return isMore;
    }

    /** Returns false if the shard must be loaded again. An exception of its rules must not end the tasks of other shards. */
    private boolean start(RunningShard<S> running) {
        try {
            running.start();
        } catch (RuntimeException e) {
            shard = null;
            refuseQueued();
            loadFailed(e);
            return false;
        }
        failedLoads = 0;
        hasFailed = false;
        phase.compareAndSet(Phase.LOADING, Phase.ACTIVE);
        LOG.info("Shard is loaded: {}: {}", partition().id(), status());
        kind.committed(partition().id().partition());
        return true;
    }

    private boolean workOn(RunningShard<S> running) {
        for (int i = 0; i < REQUESTS_PER_RUN && !running.isBroken(); i++) {
            Work<S> next = queue.poll();
            if (next == null) {
                break;
            }
            queued.decrementAndGet();
            requestsBeforeTimers++;
            next.task().accept(running);
        }
        // An expired timer may be waiting for a request that has already arrived.
        if (!queue.isEmpty() && requestsBeforeTimers < REQUESTS_MAX) {
            return true;
        }
        requestsBeforeTimers = 0;
        return running.expire() || !queue.isEmpty();
    }

    private void loadAgain() {
        shard = null;
        decisionsUncommitted = 0;
        wakeUp.cancel();
        phase.compareAndSet(Phase.ACTIVE, Phase.LOADING);
        refuseQueued();
        open.refuseAll(ErrorCode.NOT_COORDINATOR);
        start();
    }

    private void refuseQueued() {
        for (Work<S> each = queue.poll(); each != null; each = queue.poll()) {
            queued.decrementAndGet();
            open.refuse(each.request(), ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        }
    }

    private void end() {
        shard = null;
        wakeUp.cancel();
        queue.clear();
        open.refuseAll(ErrorCode.NOT_COORDINATOR);
    }
}
