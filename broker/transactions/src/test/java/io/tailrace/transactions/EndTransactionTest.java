package io.tailrace.transactions;

import static io.tailrace.transactions.TransactionHarness.A;
import static io.tailrace.transactions.TransactionHarness.B;
import static io.tailrace.transactions.TransactionHarness.ID;
import static io.tailrace.transactions.TransactionHarness.TIMEOUT_MS;
import static io.tailrace.transactions.TransactionHarness.V1;
import static io.tailrace.transactions.TransactionHarness.V2;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndTransactionTest {
    private final TransactionHarness harness = new TransactionHarness();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void version1KeepsItsEpoch(boolean commit) {
        ProducerIdentity producer = begin(V1);

        assertThat(harness.end(producer, commit, V1)).isEqualTo(ProducerAnswer.given(producer));
        assertThat(harness.state().state()).isEqualTo(TransactionState.prepare(commit));
        assertThat(harness.end(producer, commit, V1).error()).isEqualTo(ErrorCode.CONCURRENT_TRANSACTIONS);
        assertThat(harness.end(producer, !commit, V1).error()).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        assertThat(harness.add(producer, V1, A)).isEqualTo(ErrorCode.CONCURRENT_TRANSACTIONS);
        assertThat(harness.writeMarkers())
                .containsExactly(new OwedMarker(
                        ID, harness.log().size() - 2L, producer, commit, V1, new TreeSet<>(Set.of(A, B))));

        assertThat(harness.state().state()).isEqualTo(TransactionState.complete(commit));
        assertThat(harness.end(producer, commit, V1)).isEqualTo(ProducerAnswer.given(producer));
        assertThat(harness.end(producer, !commit, V1).error()).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        assertThat(harness.add(producer, V1, A)).isEqualTo(ErrorCode.NONE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void version2RaisesTheEpoch(boolean commit) {
        ProducerIdentity producer = begin(V2);

        ProducerIdentity next = harness.end(producer, commit, V2).producer();

        assertThat(next).isEqualTo(producer.raised());
        assertThat(harness.end(producer, commit, V2).error()).isEqualTo(ErrorCode.CONCURRENT_TRANSACTIONS);
        assertThat(harness.end(producer, !commit, V2).error()).isEqualTo(ErrorCode.INVALID_TXN_STATE);
        assertThat(harness.add(producer, V2, A)).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(harness.add(next, V2, A)).isEqualTo(ErrorCode.CONCURRENT_TRANSACTIONS);
        assertThat(harness.writeMarkers())
                .containsExactly(
                        new OwedMarker(ID, harness.log().size() - 2L, next, commit, V2, new TreeSet<>(Set.of(A, B))));
        assertThat(harness.end(producer, commit, V2)).isEqualTo(ProducerAnswer.given(next));
        assertThat(harness.end(producer, !commit, V2).error()).isEqualTo(ErrorCode.INVALID_TXN_STATE);
    }

    @Test
    void aRepeatedEndIsStillKnownAfterAFailover() {
        ProducerIdentity producer = begin(V2);
        ProducerIdentity next = harness.end(producer, true, V2).producer();
        harness.failOver();
        assertThat(harness.end(producer, true, V2).error()).isEqualTo(ErrorCode.CONCURRENT_TRANSACTIONS);
        harness.writeMarkers();
        harness.failOver();

        assertThat(harness.end(producer, true, V2)).isEqualTo(ProducerAnswer.given(next));
    }

    @Test
    void aCallerWithoutAProducerIsNotTheOneBefore() {
        ProducerIdentity producer = begin(V1);
        assertThat(harness.end(producer, true, V1).error()).isEqualTo(ErrorCode.NONE);
        harness.writeMarkers();

        ProducerAnswer answer = harness.end(ProducerIdentity.NONE, true, V2);

        assertThat(answer.error()).isNotEqualTo(ErrorCode.NONE);
        assertThat(answer.producer()).isNotEqualTo(producer);
    }

    @Test
    void nothingIsDecidedWithoutTheProducerIdThatIsNeeded() {
        ProducerIdentity last = new ProducerIdentity(5, (short) (Short.MAX_VALUE - 1));
        harness.store(Transaction.started(last, TIMEOUT_MS, harness.nowMs()));
        assertThat(harness.add(last, V2, A)).isEqualTo(ErrorCode.NONE);
        int stored = harness.log().size();

        assertThat(harness.call(new EndTransaction(ID, last, true, V2, OptionalLong.empty())))
                .isEqualTo(ProducerAnswer.askForId());
        assertThat(harness.log()).hasSize(stored);
        assertThat(harness.end(last, true, V1)).isEqualTo(ProducerAnswer.given(last));
    }

    @Test
    void othersAreRefused() {
        ProducerIdentity producer = begin(V2);
        ProducerIdentity other = new ProducerIdentity(99, producer.epoch());
        assertThat(harness.end(other, true, V2).error()).isEqualTo(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
        assertThat(harness.end(producer.raised(), true, V2).error()).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(harness.call(new EndTransaction("other", producer, true, V2, OptionalLong.empty()))
                        .error())
                .isEqualTo(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
        assertThat(harness.state().state()).isEqualTo(TransactionState.ONGOING);
    }

    @Test
    void version1CannotEndWhatHasNotBegun() {
        ProducerIdentity producer = harness.init().producer();

        assertThat(harness.end(producer, true, V1).error()).isEqualTo(ErrorCode.INVALID_TXN_STATE);
    }

    @Test
    void partitionsAreVerified() {
        ProducerIdentity producer = harness.init().producer();
        assertThat(verify(producer)).isEqualTo(Map.of(A, ErrorCode.TRANSACTION_ABORTABLE));
        assertThat(harness.add(producer, V1, A)).isEqualTo(ErrorCode.NONE);
        assertThat(verify(producer)).isEqualTo(Map.of(A, ErrorCode.NONE));
        assertThat(verify(producer.raised())).isEqualTo(Map.of(A, ErrorCode.PRODUCER_FENCED));
        assertThat(harness.end(producer, true, V1).error()).isEqualTo(ErrorCode.NONE);
        assertThat(verify(producer)).isEqualTo(Map.of(A, ErrorCode.CONCURRENT_TRANSACTIONS));
    }

    private Map<io.tailrace.protocol.TopicPartition, ErrorCode> verify(ProducerIdentity producer) {
        return harness.call(new VerifyPartitions(ID, producer, Set.of(A)));
    }

    @Test
    void partitionsThatAreAddedAgainAreNotStoredAgain() {
        ProducerIdentity producer = begin(V2);
        int stored = harness.log().size();

        assertThat(harness.add(producer, V2, B)).isEqualTo(ErrorCode.NONE);

        assertThat(harness.log()).hasSize(stored);
    }

    private ProducerIdentity begin(short version) {
        ProducerIdentity producer = harness.init().producer();
        assertThat(harness.add(producer, version, A)).isEqualTo(ErrorCode.NONE);
        assertThat(harness.add(producer, version, B)).isEqualTo(ErrorCode.NONE);
        return producer;
    }
}
