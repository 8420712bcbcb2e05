package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A producer whose records, and commits of offsets, become visible to readers of committed records all together or not at all
 * (KIP-98, with transaction version 2 of KIP-890).
 *
 * <p>One transaction is open at a time: {@link #initTransactions}, then for each {@link #begin}, sends, and {@link #commit} or
 * {@link #abort}. Thread-safe, but the caller orders what belongs to which transaction: a send outside of one fails. Only sends block,
 * as those of every {@link Producer}. Futures complete on the producer's own thread.
 *
 * <p>Failures are {@link ClientException}s. After each the transaction is in one of three conditions:
 *
 * <ul>
 *   <li><b>Failed</b>: nothing of it will be visible. What is not acknowledged fails, and so do sends, until {@link #abort}. This
 *       is what a record leads to that fails, and {@link ErrorCode#TRANSACTION_ABORTABLE}. If a batch was refused, only its own
 *       records fail with a {@link RecordsRefusedException}; it is the cause of the failure of all else, the commit included.
 *   <li><b>Lost</b>: the id, or its epoch, is no longer this producer's ({@link ErrorCode#PRODUCER_FENCED},
 *       {@link ErrorCode#INVALID_PRODUCER_EPOCH}, {@link ErrorCode#INVALID_PRODUCER_ID_MAPPING}): another producer has the id, or the
 *       transaction took longer than its timeout. Final, unless {@link #initTransactions} takes the id back from whoever has it.
 *   <li><b>Undecided</b>: {@link ErrorCode#REQUEST_TIMED_OUT} of {@link #commit} or {@link #abort}. Call the same method again, or
 *       {@link #initTransactions}.
 * </ul>
 */
public interface TransactionalProducer extends Producer {
    /** What {@link TransactionAdmin#transactionVersion} must be at least. */
    int VERSION_MIN = 2;

    /** Starts a producer with the {@code transactional.id} of its configuration. Connects in the background. */
    static TransactionalProducer create(ProducerConfig config) {
        if (config.transactionalId().isEmpty()) {
            throw new IllegalArgumentException("transactional.id: expected a name");
        }
        return new TransactedProducer(new BatchingProducer(config));
    }

    /**
     * Takes the transactional id: ends what an earlier producer of the id left open, and fences it. Before the first transaction, and
     * again after the id was lost: another producer may then have committed in between. Drops what is not acknowledged. May be called
     * again after any failure.
     *
     * @return fails with {@link ErrorCode#UNSUPPORTED_VERSION} if the brokers do not have transaction version 2, with the broker's
     *     error if it refuses the id or its timeout, and with {@link ErrorCode#REQUEST_TIMED_OUT} after the delivery timeout
     * @throws IllegalStateException while a commit or abort is in progress
     */
    CompletableFuture<Void> initTransactions();

    /**
     * Begins a transaction; local. What is sent from now on belongs to it.
     *
     * @throws IllegalStateException if a transaction is open or the id is not taken
     */
    void begin();

    /**
     * Declares that the sender has dealt with a refusal, as by sending the records elsewhere: the transaction may be committed without
     * them. It fails otherwise. A batch that was refused for the content of its records is not in the log, for certain.
     */
    void acceptRefusal(RecordsRefusedException refusal);

    /** Commits offsets (exclusive: the next to be read) of a group whose members assign their own partitions, with the transaction. */
    default CompletableFuture<Void> sendOffsets(String group, Map<TopicPartition, Long> offsets) {
        return sendOffsets(group, offsets, MemberIdentity.NONE);
    }

    /**
     * As above, for a member of the group ({@link GroupConsumer#member}): fails if it no longer is (KIP-447).
     *
     * @return completed when the group's coordinator has the offsets; they count once the transaction is committed. A failure fails
     *     the transaction
     */
    CompletableFuture<Void> sendOffsets(String group, Map<TopicPartition, Long> offsets, MemberIdentity member);

    /**
     * Commits the transaction once all that was sent is acknowledged, without lingering.
     *
     * @return completed when the coordinator has stored that it is committed. Fails, and nothing is visible, if a record failed or its
     *     refusal was not accepted. After the loss of the id, or {@link ErrorCode#REQUEST_TIMED_OUT}, it may or may not be committed
     * @throws IllegalStateException if no transaction is open
     */
    CompletableFuture<Void> commit();

    /**
     * Aborts the transaction. Records that are not sent yet fail, and requests that are on their way are waited for.
     *
     * @return completed when the coordinator has stored that it is aborted
     * @throws IllegalStateException if no transaction is open
     */
    CompletableFuture<Void> abort();
}
