package io.tailrace.server.partition;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.replication.Leader;
import io.tailrace.replication.Replica;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The requests that wait for a partition: Produce requests for acknowledgements, deletions for other replicas, fetches for
 * records.
 *
 * <p>There may be many readers. News for them is collected under the partition's lock, and {@link #deliver} delivers it once the
 * lock is free. Waiters for acknowledgements and deletions are called under the lock.
 */
final class Waiters {
    private final AckQueue acks = new AckQueue();
    private final AckQueue deletions = new AckQueue();
    private final Set<ReadWaiter> consumers = ConcurrentHashMap.newKeySet();
    private final Set<ReadWaiter> followers = ConcurrentHashMap.newKeySet();

    /** Counts deliveries: after the change is visible, and before readers are called. */
    private final AtomicLong changes = new AtomicLong();

    /** Guarded by the partition's lock. */
    private ReaderNews news = ReaderNews.NONE;

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

    /** The role has changed, or a follower has fetched. */
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
        news = news.and(ReaderNews.HIGH_WATERMARK);
    }

    int acksWaiting() {
        return acks.size() + deletions.size();
    }

    /** Records were appended; consumers cannot read them yet. */
    void logEndAdvanced() {
        news = news.and(ReaderNews.LOG_END);
    }

    void logStartMoved() {
        news = news.and(ReaderNews.LOG_START);
    }

    void roleChanged() {
        news = news.and(ReaderNews.ROLE);
    }

    void viewChanged(Replica replica) {
        news = news.and(replica instanceof Leader ? ReaderNews.LEADERS_VIEW : ReaderNews.FOLLOWERS_VIEW);
    }

    /** Takes the news to {@linkplain #deliver deliver} once the lock is free. */
    ReaderNews takeNews() {
        ReaderNews taken = news;
        news = ReaderNews.NONE;
        return taken;
    }

    /** Calls the readers that the news concerns. Without the lock. */
    void deliver(ReaderNews taken) {
        if (taken.equals(ReaderNews.NONE)) {
            return;
        }
        changes.incrementAndGet();
        taken.consumers().make(consumers);
        taken.followers().make(followers);
    }

    /** Wakes all readers. Without the lock. */
    void wakeReaders() {
        deliver(ReaderNews.ROLE);
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
