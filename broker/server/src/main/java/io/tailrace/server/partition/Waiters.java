package io.tailrace.server.partition;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.replication.Leader;
import io.tailrace.replication.Replica;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The requests that wait for a partition: produces for acknowledgements, deletions for other replicas to follow, consumers and
 * followers for records.
 *
 * <p>Readers may be many. What they are to learn is collected under the partition's lock, and delivered by
 * {@link #deliver} once the lock is free. Waiters for acknowledgements and deletions are called under the lock.
 */
final class Waiters {
    private static final int WAKE_CONSUMERS = 1;
    private static final int WAKE_FOLLOWERS = 2;
    private static final int NOTE_CONSUMERS = 4;
    private static final int NOTE_FOLLOWERS = 8;

    private final AckQueue acks = new AckQueue();
    private final AckQueue deletions = new AckQueue();
    private final Set<ReadWaiter> consumers = ConcurrentHashMap.newKeySet();
    private final Set<ReadWaiter> followers = ConcurrentHashMap.newKeySet();

    /** Grows after every change that readers learn of, and before they do. */
    private final AtomicLong changes = new AtomicLong();

    /** What readers have yet to learn. Guarded by the partition's lock. */
    private int news;

    /** @param offset exclusive */
    void addAck(long offset, AckWaiter waiter) {
        acks.add(offset, waiter);
    }

    /** @param offset inclusive: the waiter is done when the low watermark reaches it */
    void addDeletion(long offset, AckWaiter waiter) {
        deletions.add(offset, waiter);
    }

    void remove(AckWaiter waiter) {
        acks.remove(waiter);
        deletions.remove(waiter);
    }

    /** The role has changed or has heard of a follower. */
    void roleStepped(Replica replica) {
        if (deletions.size() == 0) {
            return;
        }
        if (replica instanceof Leader leader) {
            deletions.advance(leader.lowWatermark());
        } else {
            failDeletions(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        }
    }

    void failDeletions(ErrorCode error) {
        deletions.fail(error);
    }

    void failAcks(ErrorCode error) {
        acks.fail(error);
    }

    void highWatermarkAdvanced(long highWatermark) {
        acks.advance(highWatermark);
        news |= WAKE_CONSUMERS | NOTE_FOLLOWERS;
    }

    int acksWaiting() {
        return acks.size() + deletions.size();
    }

    /** Records were appended; consumers cannot read them yet. */
    void logEndAdvanced() {
        news |= WAKE_FOLLOWERS;
    }

    void logStartMoved() {
        news |= NOTE_CONSUMERS | NOTE_FOLLOWERS;
    }

    void roleChanged() {
        news |= WAKE_CONSUMERS | WAKE_FOLLOWERS;
    }

    /** A follower's fetch that was not counted may count now, and the other way round. */
    void viewChanged() {
        news |= WAKE_FOLLOWERS;
    }

    /** Takes what is to be {@linkplain #deliver delivered} after the lock is free. */
    int takeNews() {
        int taken = news;
        news = 0;
        return taken;
    }

    /** Calls the readers that this concerns. Without the lock. */
    void deliver(int taken) {
        if (taken == 0) {
            return;
        }
        changes.incrementAndGet();
        deliver(consumers, (taken & WAKE_CONSUMERS) != 0, (taken & NOTE_CONSUMERS) != 0);
        deliver(followers, (taken & WAKE_FOLLOWERS) != 0, (taken & NOTE_FOLLOWERS) != 0);
    }

    private static void deliver(Set<ReadWaiter> readers, boolean wakes, boolean notes) {
        if (wakes) {
            readers.forEach(ReadWaiter::wake);
        } else if (notes) {
            readers.forEach(ReadWaiter::noteOffsets);
        }
    }

    /** Wakes all readers. Without the lock. */
    void wakeReaders() {
        deliver(WAKE_CONSUMERS | WAKE_FOLLOWERS);
    }

    void addConsumer(ReadWaiter waiter) {
        consumers.add(waiter);
    }

    void addFollower(ReadWaiter waiter) {
        followers.add(waiter);
    }

    void removeReader(ReadWaiter waiter) {
        consumers.remove(waiter);
        followers.remove(waiter);
    }

    long changes() {
        return changes.get();
    }

    int readers() {
        return consumers.size() + followers.size();
    }
}
