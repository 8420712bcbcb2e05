package io.tailrace.server.partition;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.replication.Leader;
import io.tailrace.replication.Replica;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The requests that wait for a partition: produces for acknowledgements, deletions for other replicas to follow, consumers and
 * followers for records. The methods about acknowledgements and deletions are called under the partition's lock, the others on
 * any thread.
 */
final class Waiters {
    private final AckQueue acks = new AckQueue();
    private final AckQueue deletions = new AckQueue();
    private final Set<ReadWaiter> consumers = ConcurrentHashMap.newKeySet();
    private final Set<ReadWaiter> followers = ConcurrentHashMap.newKeySet();

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
        consumers.forEach(ReadWaiter::wake);
    }

    int acksWaiting() {
        return acks.size() + deletions.size();
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

    /** Records were appended; consumers cannot read them yet. */
    void logEndAdvanced() {
        followers.forEach(ReadWaiter::wake);
    }

    void wakeReaders() {
        consumers.forEach(ReadWaiter::wake);
        followers.forEach(ReadWaiter::wake);
    }

    int readersWaiting() {
        return consumers.size() + followers.size();
    }
}
