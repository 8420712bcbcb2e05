package io.tailrace.server.partition;

import io.tailrace.log.ReplicaLog;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.replication.Effect;
import io.tailrace.replication.Event;
import io.tailrace.replication.Leadership;
import io.tailrace.replication.LogExtent;
import io.tailrace.replication.NotLeader;
import io.tailrace.replication.Replica;
import io.tailrace.replication.Transition;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A partition's role on this broker, and the lock under which it changes. Steps the rules and performs their effects in order
 * before it releases the lock.
 */
final class ReplicaStateMachine {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaStateMachine.class);

    /** Longer than an append takes unless the disk stalls. */
    private static final long TRY_LOCK_MS = 2;

    private final Partition partition;
    private final ReplicaLog log;
    private final PartitionContext context;
    private final Waiters waiters;
    private final Effects effects = new Effects();

    /** Guards the role, the order of appends, the waiters for other replicas, and undelivered news for readers. */
    private final ReentrantLock lock = new ReentrantLock();

    /** Written under the lock. A reader without the lock may see the role before the current one. */
    private volatile Replica replica;

    /** @param replica the role at the start, at the log's offsets */
    ReplicaStateMachine(
            Partition partition, ReplicaLog log, Replica replica, Waiters waiters, PartitionContext context) {
        this.partition = partition;
        this.log = log;
        this.replica = replica;
        this.waiters = waiters;
        this.context = context;
    }

    ReentrantLock lock() {
        return lock;
    }

    Replica replica() {
        return replica;
    }

    /** Whether this broker leads in the expected epoch and holds the lease. */
    Leadership leadershipIn(int currentLeaderEpoch) {
        Leadership leadership = replica.leadershipIn(currentLeaderEpoch);
        return leadership instanceof NotLeader || holdsLease()
                ? leadership
                : new NotLeader(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    /** Whether this broker's knowledge of the cluster is current, as far as its own clock can show. */
    boolean holdsLease() {
        return context.lease().getAsBoolean();
    }

    /** Releases the lock, then calls the readers that the changes under it concern. */
    void unlock() {
        ReaderNews news = lock.getHoldCount() == 1 ? waiters.takeNews() : ReaderNews.NONE;
        lock.unlock();
        waiters.deliver(news);
    }

    void handle(Event event) {
        lock.lock();
        try {
            step(event);
        } finally {
            unlock();
        }
    }

    /**
     * Takes the lock unless the partition stays busy for {@value #TRY_LOCK_MS} ms. Waits in line for it; otherwise a partition
     * with appends from several threads might never seem free. A caller waits at most this long for each partition whose disk has
     * stalled, and there are no more of these than threads that use disks.
     */
    boolean tryLock() {
        try {
            return lock.tryLock(TRY_LOCK_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return lock.tryLock();
        }
    }

    boolean tryHandle(Event event) {
        if (!tryLock()) {
            return false;
        }
        try {
            step(event);
        } finally {
            unlock();
        }
        return true;
    }

    /** The log's extent, read under the lock: only truncations move a start or an end back, and they need the lock. */
    LogExtent extent() {
        return extentOf(log);
    }

    static LogExtent extentOf(ReplicaLog log) {
        return new LogExtent(log.epochs(), log.logStartOffset(), log.logEndOffset());
    }

    /** Under the lock. */
    void step(Event event) {
        Replica before = replica;
        Transition transition =
                context.rules().step(before, event, context.clocks().steadyMs().getAsLong());
        replica = transition.state();
        for (Effect effect : transition.effects()) {
            try {
                effect.performBy(effects);
            } catch (IOException e) {
                logFailed(e);
                return;
            }
        }
        waiters.roleStepped(replica);
        if (before.log().startOffset() != replica.log().startOffset()) {
            waiters.logStartMoved();
        }
        boolean roleChanged = before.getClass() != replica.getClass() || before.leaderEpoch() != replica.leaderEpoch();
        if (roleChanged) {
            waiters.roleChanged();
            context.listener().leadershipChanged(partition, replica);
        } else if (!before.view().equals(replica.view())) {
            waiters.viewChanged(replica);
        }
    }

    void logFailed(IOException cause) {
        LOG.error("Log of {} cannot be used, the partition is offline", partition.id(), cause);
        handle(new Event.LogFailed());
        context.cluster().logFailed(partition);
    }

    private final class Effects implements Effect.Performer<IOException> {
        @Override
        public void perform(Effect.HighWatermarkAdvanced advanced) {
            waiters.highWatermarkAdvanced(advanced.highWatermark());
        }

        @Override
        public void perform(Effect.AcksFailed failed) {
            waiters.failAcks(failed.error());
        }

        @Override
        public void perform(Effect.LeadershipStarted started) {
            log.beginEpoch(started.leaderEpoch());
            LOG.info(
                    "Leader of {} from offset {} in epoch {}",
                    partition.id(),
                    started.startOffset(),
                    started.leaderEpoch());
        }

        @Override
        public void perform(Effect.LeadershipEnded ended) {
            LOG.info("No longer leader of {}", partition.id());
        }

        @Override
        public void perform(Effect.TruncateTo truncate) throws IOException {
            log.truncateTo(truncate.offset(), nowMs());
        }

        @Override
        public void perform(Effect.RestartLogAt restart) throws IOException {
            log.truncateFullyAndStartAt(restart.offset(), nowMs());
        }

        @Override
        public void perform(Effect.ProposeIsr propose) {
            context.cluster().propose(partition, propose.next());
        }

        @Override
        public void perform(Effect.ReadBack readBack) {
            context.cluster().readBack(partition, readBack.expectedVersion());
        }

        @Override
        public void perform(Effect.StartFetching start) {
            context.cluster().startFetching(partition, start.leader(), start.leaderEpoch());
        }

        @Override
        public void perform(Effect.StopFetching stop) {
            context.cluster().stopFetching(partition);
        }

        private long nowMs() {
            return context.clocks().wallMs().getAsLong();
        }
    }
}
