package io.tailrace.transactions;

import static io.tailrace.transactions.TransactionHarness.A;
import static io.tailrace.transactions.TransactionHarness.B;
import static io.tailrace.transactions.TransactionHarness.ID;
import static io.tailrace.transactions.TransactionHarness.TIMEOUT_MS;
import static io.tailrace.transactions.TransactionHarness.V1;
import static io.tailrace.transactions.TransactionHarness.V2;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeoutsTest {
    private static final long DAY_MS = 24 * 60 * 60_000L;

    private final TransactionHarness harness =
            new TransactionHarness(new TransactionSettings(900_000, DAY_MS, 60 * 60_000));

    @ParameterizedTest
    @ValueSource(shorts = {V1, V2})
    void aTransactionThatTakesTooLongIsAbortedAndItsProducerFenced(short version) {
        ProducerIdentity producer = harness.init().producer();
        assertThat(harness.add(producer, version, A)).isEqualTo(ErrorCode.NONE);
        harness.advance(TIMEOUT_MS / 2);
        assertThat(harness.add(producer, version, B)).isEqualTo(ErrorCode.NONE);
        harness.advance(TIMEOUT_MS / 2 - 1);
        assertThat(harness.state().state()).isEqualTo(TransactionState.ONGOING);

        harness.advance(1);

        assertThat(harness.owed().get(0).producer()).isEqualTo(producer.raised());
        assertThat(harness.owed().get(0).commit()).isFalse();
        assertThat(harness.end(producer, true, version).error()).isEqualTo(ErrorCode.PRODUCER_FENCED);
        harness.writeMarkers();
        assertThat(harness.end(producer, false, version).error()).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(harness.init(producer).error()).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(harness.init().error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aFailoverKeepsTheDeadline() {
        ProducerIdentity producer = harness.init().producer();
        assertThat(harness.add(producer, V2, A)).isEqualTo(ErrorCode.NONE);
        harness.advance(TIMEOUT_MS - 1);

        harness.failOver();
        harness.advance(1);

        assertThat(harness.state().state()).isEqualTo(TransactionState.PREPARE_ABORT);
    }

    @Test
    void theTimerEndsWithItsTransaction() {
        ProducerIdentity producer = harness.init().producer();
        assertThat(harness.add(producer, V2, A)).isEqualTo(ErrorCode.NONE);
        harness.advance(TIMEOUT_MS - 1);
        ProducerIdentity next = harness.end(producer, true, V2).producer();
        harness.writeMarkers();
        assertThat(harness.add(next, V2, A)).isEqualTo(ErrorCode.NONE);

        harness.advance(TIMEOUT_MS - 1);

        assertThat(harness.state().state()).isEqualTo(TransactionState.ONGOING);
        assertThat(harness.end(next, true, V2).error()).isEqualTo(ErrorCode.NONE);
        assertThat(harness.timers()).containsOnlyKeys(new IdExpiry());
    }

    @Test
    void idleIdsExpire() {
        ProducerIdentity producer = harness.init().producer();
        harness.advance(DAY_MS - 60_000);
        assertThat(harness.add(producer, V2, A)).isEqualTo(ErrorCode.NONE);
        assertThat(harness.end(producer, true, V2).error()).isEqualTo(ErrorCode.NONE);
        harness.advance(2 * DAY_MS);
        assertThat(harness.state().state()).isEqualTo(TransactionState.PREPARE_COMMIT);
        harness.writeMarkers();
        harness.advance(DAY_MS - 60_000);
        assertThat(harness.shard().transactions().size()).isEqualTo(1);

        harness.advance(60 * 60_000 + 60_000);

        assertThat(harness.shard().transactions().size()).isZero();
        assertThat(harness.query(new DescribeTransaction(ID)).error()).isEqualTo(ErrorCode.TRANSACTIONAL_ID_NOT_FOUND);
        assertThat(harness.replica().transactions().size()).isZero();
    }

    @Test
    void aPassRemovesABoundedNumberOfIds() {
        int ids = IdExpiry.REMOVED_MAX + 5;
        for (int i = 0; i < ids; i++) {
            assertThat(harness.call(new InitProducer("id-" + i, 1, ProducerIdentity.NONE, OptionalLong.of(i)))
                            .error())
                    .isEqualTo(ErrorCode.NONE);
        }
        long later = harness.nowMs() + 2 * DAY_MS;

        assertThat(new IdExpiry().expired(harness.shard(), later).records()).hasSize(IdExpiry.REMOVED_MAX);
        harness.advance(2 * DAY_MS);

        assertThat(harness.shard().transactions().size()).isZero();
    }
}
