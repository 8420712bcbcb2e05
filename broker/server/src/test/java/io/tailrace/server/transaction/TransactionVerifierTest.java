package io.tailrace.server.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.server.transaction.TransactionVerifier.Client;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients get of a coordinator's errors. */
class TransactionVerifierTest {

    @ParameterizedTest
    @CsvSource({
        "9, PRODUCER_FENCED, INVALID_PRODUCER_EPOCH",
        "12, PRODUCER_FENCED, INVALID_PRODUCER_EPOCH",
        "10, TRANSACTION_ABORTABLE, INVALID_TXN_STATE",
        "11, TRANSACTION_ABORTABLE, TRANSACTION_ABORTABLE",
        "11, CONCURRENT_TRANSACTIONS, NOT_ENOUGH_REPLICAS",
        "12, CONCURRENT_TRANSACTIONS, CONCURRENT_TRANSACTIONS",
        "12, NOT_COORDINATOR, NOT_ENOUGH_REPLICAS",
        "12, COORDINATOR_LOAD_IN_PROGRESS, NOT_ENOUGH_REPLICAS",
        "12, NETWORK_EXCEPTION, NOT_ENOUGH_REPLICAS",
        "12, INVALID_PRODUCER_ID_MAPPING, INVALID_PRODUCER_ID_MAPPING",
        "12, NONE, NONE"
    })
    void aProducerGetsErrorsThatItsVersionKnows(short version, ErrorCode error, ErrorCode expected) {
        assertThat(Client.ofProduce(version).shown(error)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "3, TRANSACTION_ABORTABLE, INVALID_TXN_STATE",
        "4, TRANSACTION_ABORTABLE, TRANSACTION_ABORTABLE",
        "4, CONCURRENT_TRANSACTIONS, COORDINATOR_LOAD_IN_PROGRESS",
        "5, CONCURRENT_TRANSACTIONS, CONCURRENT_TRANSACTIONS",
        "5, NOT_COORDINATOR, COORDINATOR_LOAD_IN_PROGRESS"
    })
    void theCoordinatorOfAGroupIsNotTakenForThatOfTheTransaction(short version, ErrorCode error, ErrorCode expected) {
        assertThat(Client.ofTxnOffsetCommit(version).shown(error)).isEqualTo(expected);
    }
}
