package io.tailrace.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Sends records in batches, several requests in flight a broker.
 *
 * <p>Thread-safe. Futures complete on the producer's own thread: what is chained to them must not keep it, and a send
 * from there fails rather than blocks. Records that one thread sends to one partition keep their order, retries included. Idempotent
 * unless configured otherwise: a retry never writes a record twice (KIP-98).
 */
public interface Producer extends AutoCloseable {

    /** Starts a producer. Connects in the background: a broker that cannot be reached shows in the sends. */
    static Producer create(ProducerConfig config) {
        return new BatchingProducer(config);
    }

    /**
     * Queues a record for its partition's next batch. Blocks for up to {@code max.block} while the buffer is full.
     *
     * @return completed when the broker has acknowledged the record as {@code acks} asks; failed with a
     *     {@link ClientException} when it is not acknowledged within the delivery timeout (it may be in the log all
     *     the same), is refused, or cannot be queued
     */
    CompletableFuture<RecordMetadata> send(ProducerRecord record);

    /**
     * Sends what is queued now and waits until every earlier record is acknowledged or has failed.
     *
     * @throws ClientException when the timeout passes first; nothing is given up by that
     */
    void flush(Duration timeout);

    /**
     * Flushes for up to the delivery timeout, fails what is left, and closes the connections. From a future's callback
     * it does not flush.
     */
    @Override
    void close();
}
