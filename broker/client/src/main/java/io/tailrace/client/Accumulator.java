package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * All records that are not acknowledged, by partition, within a bound on their memory.
 *
 * <p>Thread-safe. Who waits for memory gets it in the order of asking.
 */
final class Accumulator {
    private final ProducerConfig config;
    private final Map<TopicPartition, PartitionQueue> queues = new ConcurrentHashMap<>();
    private final Semaphore freeBytes;
    private final AtomicInteger flushes = new AtomicInteger();
    private volatile boolean closed;

    Accumulator(ProducerConfig config) {
        this.config = config;
        this.freeBytes = new Semaphore((int) config.bufferBytesMax(), true);
    }

    PartitionQueue queue(TopicPartition partition) {
        return queues.computeIfAbsent(partition, added -> new PartitionQueue(added, () -> closed));
    }

    Collection<PartitionQueue> queues() {
        return queues.values();
    }

    /**
     * Takes memory, waiting for it.
     *
     * @param onFull called before the first wait, so that what fills the memory is sent
     * @throws ClientException when there is not enough in time
     */
    void reserve(int bytes, long timeoutMs, Runnable onFull) throws InterruptedException {
        if (bytes > config.bufferBytesMax()) {
            throw new ClientException(
                    ErrorCode.MESSAGE_TOO_LARGE,
                    "a record of " + bytes + " bytes does not fit into buffer.memory (" + config.bufferBytesMax()
                            + ")");
        }
        if (freeBytes.tryAcquire(bytes, 0, TimeUnit.MILLISECONDS)) {
            return;
        }
        flushes.incrementAndGet();
        try {
            onFull.run();
            if (!freeBytes.tryAcquire(bytes, timeoutMs, TimeUnit.MILLISECONDS)) {
                throw new ClientException(
                        ErrorCode.REQUEST_TIMED_OUT,
                        "no " + bytes + " bytes free within max.block.ms: buffer.memory (" + config.bufferBytesMax()
                                + ") is full of records that brokers have not acknowledged");
            }
        } finally {
            flushes.decrementAndGet();
        }
    }

    void release(int bytes) {
        freeBytes.release(bytes);
    }

    /** From now on batches do not linger, until {@link #endHurry}; calls nest. */
    void beginHurry() {
        flushes.incrementAndGet();
    }

    void endHurry() {
        flushes.decrementAndGet();
    }

    boolean isHurrying() {
        return flushes.get() > 0;
    }

    /** Takes no more records; those that are in are in {@link #unacknowledged} from now on. */
    void close() {
        closed = true;
    }

    List<ProducerBatch> unacknowledged() {
        List<ProducerBatch> all = new ArrayList<>();
        queues.values().forEach(queue -> all.addAll(queue.snapshot()));
        return all;
    }
}
