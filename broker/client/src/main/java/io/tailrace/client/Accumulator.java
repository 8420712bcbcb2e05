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
import org.jspecify.annotations.Nullable;

/**
 * The unacknowledged records of all partitions, in bounded memory.
 *
 * <p>Thread-safe. Waiting callers get memory in the order in which they asked.
 */
final class Accumulator {
    private final ProducerConfig config;
    private final Map<TopicPartition, PartitionQueue> queues = new ConcurrentHashMap<>();
    private final Semaphore freeBytes;
    private final AtomicInteger flushes = new AtomicInteger();
    private volatile boolean closed;
    /** Why records are refused for now; null if they are not. */
    private volatile @Nullable ClientException refusal;

    Accumulator(ProducerConfig config) {
        this.config = config;
        this.freeBytes = new Semaphore((int) config.bufferBytesMax(), true);
    }

    PartitionQueue queue(TopicPartition partition) {
        return queues.computeIfAbsent(partition, added -> new PartitionQueue(added, this::admit));
    }

    Collection<PartitionQueue> queues() {
        return queues.values();
    }

    /**
     * Takes memory, waiting until it is free.
     *
     * @param onFull called before waiting, so that the records that fill the memory are sent
     * @throws ClientException if not enough is freed in time
     */
    void reserve(int bytes, long timeoutMs, Runnable onFull) throws InterruptedException {
        if (bytes > config.bufferBytesMax()) {
            throw new RecordsRefusedException(
                    ErrorCode.MESSAGE_TOO_LARGE,
                    "a record of " + bytes + " bytes does not fit into buffer.memory (" + config.bufferBytesMax() + ")",
                    List.of());
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

    /** Makes batches ready without lingering, until {@link #endFlush}. Calls nest. */
    void beginFlush() {
        flushes.incrementAndGet();
    }

    void endFlush() {
        flushes.decrementAndGet();
    }

    boolean isFlushing() {
        return flushes.get() > 0;
    }

    /** Throws unless records are taken. */
    private void admit() {
        if (closed) {
            throw new ClientException(ErrorCode.NETWORK_EXCEPTION, "the producer is closed");
        }
        ClientException why = refusal;
        if (why != null) {
            throw new ClientException(why.errorCode(), String.valueOf(why.getMessage()), why);
        }
    }

    /** Takes records again, or refuses them for now. From a refusal on, {@link #unacknowledged} can only shrink. */
    void refuse(@Nullable ClientException why) {
        refusal = why;
    }

    /** Refuses further records. From now on {@link #unacknowledged} can only shrink. */
    void close() {
        closed = true;
    }

    /** Whether no record is unacknowledged. */
    boolean isEmpty() {
        return queues.values().stream().allMatch(PartitionQueue::isEmpty);
    }

    List<PendingBatch> unacknowledged() {
        List<PendingBatch> all = new ArrayList<>();
        queues.values().forEach(queue -> all.addAll(queue.snapshot()));
        return all;
    }
}
