package io.tailrace.server.partition;

import io.tailrace.log.AppendResult;
import io.tailrace.log.ReplicaLog;
import io.tailrace.replication.Event;
import io.tailrace.replication.Follower;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/** A follower's changes of its log: appends the records that its leader returned. */
final class FollowerLog {
    private final ReplicaLog log;
    private final ReplicaStateMachine role;
    private final LogErrors errors;
    private final LongSupplier wallMs;

    FollowerLog(ReplicaLog log, ReplicaStateMachine role, LogErrors errors, LongSupplier wallMs) {
        this.log = log;
        this.role = role;
        this.errors = errors;
        this.wallMs = wallMs;
    }

    Optional<AppendResult.Refused> copy(LeaderAnswer answer) {
        ReentrantLock lock = role.lock();
        lock.lock();
        try {
            if (!(role.replica() instanceof Follower follower) || !follower.follows(answer.leaderEpoch())) {
                return Optional.empty();
            }
            AppendResult result = log.appendAsFollower(answer.batches(), wallMs.getAsLong());
            if (result instanceof AppendResult.Refused refused) {
                return Optional.of(refused);
            }
            raiseLogStart(answer.logStartOffset());
            role.step(new Event.Replicated(answer.leaderEpoch(), role.extent(), answer.highWatermark()));
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(new AppendResult.Refused(
                    errors.errorOf(e), "append to the log of " + log.partition() + " failed: " + e.getMessage()));
        } finally {
            role.unlock();
        }
    }

    /** Deletes the records that the leader has deleted, as far as this log reaches. */
    private void raiseLogStart(long leaderLogStartOffset) throws IOException {
        long start = Math.min(leaderLogStartOffset, log.logEndOffset());
        if (start > log.logStartOffset()) {
            log.deleteRecordsBefore(start);
        }
    }
}
