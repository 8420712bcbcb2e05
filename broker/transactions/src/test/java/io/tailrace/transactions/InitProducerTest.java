package io.tailrace.transactions;

import static io.tailrace.transactions.TransactionHarness.A;
import static io.tailrace.transactions.TransactionHarness.ID;
import static io.tailrace.transactions.TransactionHarness.TIMEOUT_MS;
import static io.tailrace.transactions.TransactionHarness.V1;
import static io.tailrace.transactions.TransactionHarness.V2;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class InitProducerTest {
    private static final short LAST = Short.MAX_VALUE - 1;

    private final TransactionHarness harness = new TransactionHarness();

    @Test
    void aNewIdNeedsAProducerIdAndNothingIsStoredWithoutOne() {
        ProducerAnswer asks =
                harness.call(new InitProducer(ID, TIMEOUT_MS, ProducerIdentity.NONE, OptionalLong.empty()));

        assertThat(asks.needsProducerId()).isTrue();
        assertThat(harness.log()).isEmpty();
        assertThat(harness.call(new InitProducer(ID, TIMEOUT_MS, ProducerIdentity.NONE, OptionalLong.of(7))))
                .isEqualTo(ProducerAnswer.given(new ProducerIdentity(7, (short) 0)));
    }

    @Test
    void eachProducerFencesTheOneBefore() {
        ProducerIdentity first = harness.init().producer();

        ProducerIdentity second = harness.init().producer();

        assertThat(second).isEqualTo(new ProducerIdentity(first.id(), (short) 1));
        assertThat(harness.add(first, V1, A)).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(harness.init(first).error()).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(harness.add(second, V1, A)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aProducerMayAskAgainForTheAnswerThatItMissedEvenAfterAFailover() {
        ProducerIdentity first = harness.init().producer();
        ProducerIdentity second = harness.init(first).producer();
        harness.failOver();

        assertThat(harness.init(first)).isEqualTo(ProducerAnswer.given(second));
        assertThat(harness.init(second).producer()).isEqualTo(second.raised());
    }

    @Test
    void usedUpEpochsGiveANewProducerIdAndTheRetryToo() {
        ProducerIdentity last = new ProducerIdentity(5, LAST);
        harness.store(Transaction.started(last, TIMEOUT_MS, harness.nowMs()));

        ProducerIdentity given = harness.init(last).producer();

        assertThat(given.id()).isNotEqualTo(last.id());
        assertThat(given.epoch()).isZero();
        assertThat(harness.init(last).producer()).isEqualTo(given);
        harness.failOver();
        assertThat(harness.init(last).producer()).isEqualTo(given);
        assertThat(harness.add(last, V1, A)).isEqualTo(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
    }

    @Test
    void aRunningTransactionIsAbortedBeforeANewProducerStarts() {
        ProducerIdentity first = harness.init().producer();
        assertThat(harness.add(first, V1, A)).isEqualTo(ErrorCode.NONE);

        assertThat(harness.init().error()).isEqualTo(ErrorCode.CONCURRENT_TRANSACTIONS);
        assertThat(harness.init().error()).isEqualTo(ErrorCode.CONCURRENT_TRANSACTIONS);
        assertThat(harness.end(first, true, V1).error()).isEqualTo(ErrorCode.PRODUCER_FENCED);
        OwedMarker marker = harness.writeMarkers().get(0);
        ProducerIdentity second = harness.init().producer();

        assertThat(marker.commit()).isFalse();
        assertThat(marker.producer()).isEqualTo(first.raised());
        assertThat(second).isEqualTo(first.raised().raised());
    }

    @Test
    void aProducerThatAbortsItsOwnTransactionGetsTheEpochOfTheAbort() {
        ProducerIdentity first = harness.init().producer();
        assertThat(harness.add(first, V2, A)).isEqualTo(ErrorCode.NONE);

        assertThat(harness.init(first).error()).isEqualTo(ErrorCode.CONCURRENT_TRANSACTIONS);
        harness.writeMarkers();

        assertThat(harness.init(first)).isEqualTo(ProducerAnswer.given(first.raised()));
    }

    @Test
    void timeoutsAreChecked() {
        int max = harness.shard().settings().timeoutMsMax();
        assertThat(errorOf(0)).isEqualTo(ErrorCode.INVALID_TRANSACTION_TIMEOUT);
        assertThat(errorOf(max + 1)).isEqualTo(ErrorCode.INVALID_TRANSACTION_TIMEOUT);
        assertThat(errorOf(max)).isEqualTo(ErrorCode.NONE);
        assertThat(harness.call(new InitProducer("", 1, ProducerIdentity.NONE, OptionalLong.of(1)))
                        .error())
                .isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    private ErrorCode errorOf(int timeoutMs) {
        return harness.call(new InitProducer(ID, timeoutMs, ProducerIdentity.NONE, OptionalLong.of(1)))
                .error();
    }
}
