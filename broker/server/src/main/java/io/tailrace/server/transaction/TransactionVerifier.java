package io.tailrace.server.transaction;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.transactions.ProducerIdentity;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Asks the coordinator of a transaction whether partitions belong to it, before its first records are appended (KIP-890).
 * Thread-safe.
 */
public interface TransactionVerifier {
    /** How often a batch is verified. A marker of the previous transaction can arrive meanwhile; then it is verified again. */
    int ATTEMPTS_MAX = 3;

    /**
     * Asks. Returns at once; the number of unanswered questions and their time are bounded.
     *
     * @param answer called once, on any thread, with an error for each partition; {@code NONE} if the partition is in the transaction.
     *     The errors are those that the client gets: {@link Client#shown}. Must not block
     */
    void verify(Question question, Consumer<Map<TopicPartition, ErrorCode>> answer);

    /**
     * A question to a coordinator.
     *
     * @param transactionalId the transactional id
     * @param producer the producer of the records
     * @param partitions where the records are to be appended
     * @param client the client that has sent them
     */
    record Question(String transactionalId, ProducerIdentity producer, Set<TopicPartition> partitions, Client client) {
        /** Copies the partitions. */
        public Question {
            partitions = Set.copyOf(partitions);
        }
    }

    /**
     * What the version of a request shows about its client.
     *
     * @param request the request
     * @param knowsAbortable whether it knows {@code TRANSACTION_ABORTABLE}
     * @param adds whether its request also adds the partitions to the transaction: transaction version 2
     */
    record Client(RequestKind request, boolean knowsAbortable, boolean adds) {
        private static final int PRODUCE_KNOWS_ABORTABLE = 11;
        private static final int PRODUCE_ADDS = 12;
        private static final int OFFSETS_KNOW_ABORTABLE = 4;
        private static final int OFFSETS_ADD = 5;

        /** The client of a Produce request. */
        public static Client ofProduce(short version) {
            return new Client(RequestKind.PRODUCE, version >= PRODUCE_KNOWS_ABORTABLE, version >= PRODUCE_ADDS);
        }

        /** The client of a TxnOffsetCommit request. */
        public static Client ofTxnOffsetCommit(short version) {
            return new Client(RequestKind.TXN_OFFSET_COMMIT, version >= OFFSETS_KNOW_ABORTABLE, version >= OFFSETS_ADD);
        }

        /**
         * The error to answer. The client did not ask the coordinator itself, so that it would take some of its errors for another
         * one's, or would not try again.
         */
        public ErrorCode shown(ErrorCode error) {
            return switch (error) {
                case PRODUCER_FENCED -> ErrorCode.INVALID_PRODUCER_EPOCH;
                case TRANSACTION_ABORTABLE -> knowsAbortable ? error : ErrorCode.INVALID_TXN_STATE;
                case CONCURRENT_TRANSACTIONS -> adds ? error : request.tryAgain;
                case NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS, NETWORK_EXCEPTION ->
                    request.tryAgain;
                default -> error;
            };
        }
    }

    /** Requests with records of transactions. */
    enum RequestKind {
        PRODUCE(ErrorCode.NOT_ENOUGH_REPLICAS),
        TXN_OFFSET_COMMIT(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);

        private final ErrorCode tryAgain;

        RequestKind(ErrorCode tryAgain) {
            this.tryAgain = tryAgain;
        }
    }
}
