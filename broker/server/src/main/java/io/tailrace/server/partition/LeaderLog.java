package io.tailrace.server.partition;

import io.tailrace.log.AppendResult;
import io.tailrace.log.ReplicaLog;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DeleteRecordsRequest;
import io.tailrace.replication.Event;
import io.tailrace.replication.Leader;
import io.tailrace.replication.Replica;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/** A leader's changes of its log: appends, acknowledgements and deletions. */
final class LeaderLog {
    private final ReplicaLog log;
    private final ReplicaStateMachine role;
    private final Waiters waiters;
    private final LogErrors errors;
    private final LongSupplier wallMs;

    LeaderLog(ReplicaLog log, ReplicaStateMachine role, Waiters waiters, LogErrors errors, LongSupplier wallMs) {
        this.log = log;
        this.role = role;
        this.waiters = waiters;
        this.errors = errors;
        this.wallMs = wallMs;
    }

    Append append(LeaderWrite write, int leaderEpoch, boolean allInsync) {
        ReentrantLock lock = role.lock();
        lock.lock();
        try {
            return role.leadershipIn(leaderEpoch).map(leader -> append(leader, write, allInsync), this::refuse);
        } finally {
            role.unlock();
        }
    }

    Append appendAt(long expectedOffset, LeaderWrite write, int leaderEpoch) {
        ReentrantLock lock = role.lock();
        lock.lock();
        try {
            return role.leadershipIn(leaderEpoch)
                    .map(
                            leader -> endsAt(expectedOffset)
                                    ? append(leader, write, true)
                                    : refuse(
                                            ErrorCode.OFFSET_OUT_OF_RANGE,
                                            ": it ends at " + log.logEndOffset() + ", expected " + expectedOffset),
                            this::refuse);
        } finally {
            role.unlock();
        }
    }

    private boolean endsAt(long offset) {
        return log.logEndOffset() == offset;
    }

    private Append append(Leader leader, LeaderWrite write, boolean allInsync) {
        ErrorCode refusal = leader.appendable(allInsync);
        if (refusal != ErrorCode.NONE) {
            return refuse(refusal);
        }
        int leaderEpoch = leader.leaderEpoch();
        try {
            AppendResult result = write(write, leaderEpoch);
            if (result instanceof AppendResult.Appended appended) {
                role.step(new Event.Appended(leaderEpoch, role.extent()));
                waiters.logEndAdvanced();
                return new Append(result, leaderEpoch, acknowledged(appended.nextOffset()));
            }
            boolean acknowledged =
                    result instanceof AppendResult.Duplicate earlier && acknowledged(earlier.nextOffset());
            return new Append(result, leaderEpoch, acknowledged);
        } catch (IOException e) {
            return refuse(errors.errorOf(e), ": " + e.getMessage());
        }
    }

    private AppendResult write(LeaderWrite write, int leaderEpoch) throws IOException {
        long nowMs = wallMs.getAsLong();
        if (write instanceof LeaderWrite.Marker marker) {
            return log.appendMarker(marker.marker(), marker.raisesEpoch(), leaderEpoch, nowMs);
        }
        LeaderWrite.Batch batch = (LeaderWrite.Batch) write;
        return log.appendVerified(batch.bytes(), leaderEpoch, batch.verification(), nowMs);
    }

    private boolean acknowledged(long offset) {
        return role.replica() instanceof Leader leader && leader.acknowledged(offset);
    }

    private Append refuse(ErrorCode error) {
        return refuse(error, " now");
    }

    private Append refuse(ErrorCode error, String detail) {
        String reason = "broker cannot append to " + log.partition() + detail;
        return new Append(new AppendResult.Refused(error, reason), Replica.ANY_EPOCH, false);
    }

    void awaitAcks(long offset, int leaderEpoch, AckWaiter waiter) {
        ReentrantLock lock = role.lock();
        lock.lock();
        try {
            ErrorCode refusal = role.leadershipIn(Replica.ANY_EPOCH)
                    .map(
                            leader -> leader.leaderEpoch() == leaderEpoch
                                    ? ErrorCode.NONE
                                    : ErrorCode.NOT_LEADER_OR_FOLLOWER,
                            error -> error);
            if (refusal != ErrorCode.NONE || acknowledged(offset)) {
                waiter.done(refusal);
            } else {
                waiters.addAck(offset, waiter);
            }
        } finally {
            role.unlock();
        }
    }

    Deletion deleteRecordsBefore(long offset) {
        ReentrantLock lock = role.lock();
        lock.lock();
        try {
            return role.leadershipIn(Replica.ANY_EPOCH)
                    .map(leader -> deleteRecordsBefore(leader, offset), Deletion::refused);
        } finally {
            role.unlock();
        }
    }

    private Deletion deleteRecordsBefore(Leader leader, long requested) {
        long highWatermark = leader.log().highWatermark();
        long offset = requested == DeleteRecordsRequest.HIGH_WATERMARK ? highWatermark : requested;
        if (offset < 0 || offset > highWatermark) {
            return Deletion.refused(ErrorCode.OFFSET_OUT_OF_RANGE);
        }
        try {
            log.deleteRecordsBefore(offset);
            role.step(new Event.LogStartMoved(role.extent()));
            return new Deletion(ErrorCode.NONE, offset, log.storeLogStart());
        } catch (IOException e) {
            return Deletion.refused(errors.errorOf(e));
        }
    }

    void awaitLowWatermark(long offset, AckWaiter waiter) {
        ReentrantLock lock = role.lock();
        lock.lock();
        try {
            ErrorCode refusal = role.leadershipIn(Replica.ANY_EPOCH).map(leader -> ErrorCode.NONE, error -> error);
            if (refusal != ErrorCode.NONE || lowWatermark() >= offset) {
                waiter.done(refusal);
            } else {
                waiters.addDeletion(offset, waiter);
            }
        } finally {
            role.unlock();
        }
    }

    private long lowWatermark() {
        return role.replica() instanceof Leader leader ? leader.lowWatermark() : -1;
    }
}
