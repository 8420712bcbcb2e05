package io.tailrace.server.partition;

import io.tailrace.protocol.ErrorCode;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The requests that wait for a partition: produces for acknowledgements, consumers and followers for records. The methods
 * about acknowledgements are called under the partition's lock, the others on any thread.
 */
final class Waiters {
    private final AckQueue acks = new AckQueue();
    private final Set<ReadWaiter> consumers = ConcurrentHashMap.newKeySet();
    private final Set<ReadWaiter> followers = ConcurrentHashMap.newKeySet();

    /** @param offset exclusive */
    void addAck(long offset, AckWaiter waiter) {
        acks.add(offset, waiter);
    }

    void removeAck(AckWaiter waiter) {
        acks.remove(waiter);
    }

    void failAcks(ErrorCode error) {
        acks.fail(error);
    }

    void highWatermarkAdvanced(long highWatermark) {
        acks.advance(highWatermark);
        consumers.forEach(ReadWaiter::wake);
    }

    int acksWaiting() {
        return acks.size();
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
