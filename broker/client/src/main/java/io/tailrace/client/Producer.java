package io.tailrace.client;

import java.time.Duration;
import java.util.Optional;
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
        if (config.transactionalId().isPresent()) {
            throw new IllegalArgumentException(
                    "transactional.id=" + config.transactionalId().get()
                            + ": expected none, since only a TransactionalProducer has transactions");
        }
        return new BatchingProducer(config);
    }

    /**
     * Queues a record for its partition's next batch. Blocks for up to {@code max.block.ms} while the buffer is full.
     *
     * @return completed when the broker has acknowledged the record as {@code acks} requires. Fails with a
     *     {@link ClientException} if it is refused, cannot be queued, is not acknowledged within the delivery timeout, can no
     *     longer be retried without the risk of a duplicate, or if its partition no longer exists. In the last three cases the
     *     record may still be in the log
     */
    CompletableFuture<RecordMetadata> send(ProducerRecord record);

    /**
     * Why nothing can be sent to a topic now, as when no broker knows it; empty if its partitions are known. Does not wait: the first
     * call for a topic makes the producer ask brokers, and go on asking.
     */
    Optional<ClientException> unavailability(String topic);

    /**
     * What keeps records of a topic from being acknowledged, as far as the last attempts show: the failure of a batch, of the search for
     * the brokers, or {@link #unavailability}. Empty if none has failed. For messages: the producer goes on by itself.
     */
    Optional<ClientException> obstacle(String topic);

    /**
     * An empty block for up to {@code batch.size} bytes of records, compressed as {@code compression.type} says.
     *
     * @param expectedBytes estimated bytes of all records, 0 if unknown; the first record allocates as much, up to {@code batch.size},
     *     and the block grows if more are added
     */
    RecordBlock newBlock(String topic, byte[] key, int expectedBytes);

    /**
     * Queues a block that is not empty as a batch of its own, behind the records that were sent to its partition before. Blocks as
     * {@link #send(ProducerRecord)} does.
     *
     * @return completed with the first record's position when the broker has acknowledged the block. Fails as for a record, and with
     *     a {@link RecordsRefusedException} if the broker refuses the block; the block is never divided
     */
    CompletableFuture<RecordMetadata> send(RecordBlock block);

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

    /** Fails the records that are not acknowledged and closes the connections, without a flush. */
    void closeNow();
}
