package io.tailrace.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Sends records in batches, with several requests in flight to each broker.
 *
 * <p>Thread-safe. Futures complete on the producer's own thread. Their callbacks must not block it, and a send from a
 * callback fails instead of blocking. Records that one thread sends to one partition keep their order, even if they are
 * retried. Idempotent by default: a retry never writes a record twice (KIP-98).
 */
public interface Producer extends AutoCloseable {

    /** Starts a producer. Connects in the background: if no broker can be reached, sends fail. */
    static Producer create(ProducerConfig config) {
        return new BatchingProducer(config);
    }

    /**
     * Queues a record for its partition's next batch. Blocks for up to {@code max.block.ms} while the buffer is full.
     *
     * @return completed when the broker has acknowledged the record as {@code acks} requires. Fails with a
     *     {@link ClientException} if it is refused, cannot be queued, is not acknowledged within the delivery timeout, or can no
     *     longer be retried without the risk of a duplicate. In the last two cases the record may still be in the log
     */
    CompletableFuture<RecordMetadata> send(ProducerRecord record);

    /**
     * Sends all queued records and waits until each is acknowledged or has failed.
     *
     * @throws ClientException if the timeout passes first; sending continues
     */
    void flush(Duration timeout);

    /**
     * Flushes for up to the delivery timeout, fails the remaining records, and closes the connections. Does not flush if called
     * from a future's callback.
     */
    @Override
    void close();
}
