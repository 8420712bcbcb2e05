package io.tailrace.transactions;

import static io.tailrace.transactions.TransactionHarness.A;
import static io.tailrace.transactions.TransactionHarness.TIMEOUT_MS;
import static io.tailrace.transactions.TransactionHarness.V1;
import static io.tailrace.transactions.TransactionHarness.V2;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults that Apache Kafka has had, each by its number there. */
class PublishedFaultsTest {
    private static final short LAST = Short.MAX_VALUE - 1;

    private final TransactionHarness harness = new TransactionHarness();

    /** The fence raised the epoch, and the abort raised it again, beyond the greatest. */
    @Test
    void kafka19367AFenceRaisesTheEpochOnce() {
        ProducerIdentity last = ongoing(LAST);

        assertThat(harness.init().error()).isEqualTo(ErrorCode.CONCURRENT_TRANSACTIONS);

        assertThat(harness.owed().get(0).producer()).isEqualTo(new ProducerIdentity(last.id(), Short.MAX_VALUE));
        harness.writeMarkers();
        ProducerIdentity next = harness.init().producer();
        assertThat(next.id()).isNotEqualTo(last.id());
        assertThat(harness.end(last, false, V2).error()).isEqualTo(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
    }

    /** The answer had the old id, and the first request with the new one was refused for good. */
    @Test
    void kafka18660AnEndThatUsesUpTheEpochsAnswersTheNewProducerId() {
        ProducerIdentity last = ongoing(LAST);

        ProducerIdentity next = harness.end(last, true, V2).producer();

        assertThat(next.id()).isNotEqualTo(last.id());
        assertThat(next.epoch()).isZero();
        assertThat(harness.owed().get(0).producer()).isEqualTo(new ProducerIdentity(last.id(), Short.MAX_VALUE));
        assertThat(harness.add(next, V2, A)).isEqualTo(ErrorCode.CONCURRENT_TRANSACTIONS);
        assertThat(harness.end(next, false, V2).error()).isEqualTo(ErrorCode.CONCURRENT_TRANSACTIONS);
        harness.writeMarkers();
        assertThat(harness.end(last, true, V2)).isEqualTo(ProducerAnswer.given(next));
        assertThat(harness.add(next, V2, A)).isEqualTo(ErrorCode.NONE);
    }

    /** The late abort of a producer that was fenced with the last epoch counted as its repeated request. */
    @ParameterizedTest
    @ValueSource(shorts = {V1, V2})
    void kafka20090ALateEndAfterATimeoutWithTheLastEpochIsFenced(short version) {
        ProducerIdentity last = ongoing(LAST);
        harness.advance(TIMEOUT_MS);

        OwedMarker marker = harness.owed().get(0);
        assertThat(marker.producer()).isEqualTo(new ProducerIdentity(last.id(), Short.MAX_VALUE));
        assertThat(harness.end(last, false, version).error()).isEqualTo(ErrorCode.PRODUCER_FENCED);
        harness.writeMarkers();
        assertThat(harness.end(last, false, version).error()).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(harness.init(last).error()).isEqualTo(ErrorCode.PRODUCER_FENCED);
        ProducerIdentity next = harness.init().producer();
        assertThat(next.id()).isNotEqualTo(last.id());
        assertThat(harness.add(next, version, A)).isEqualTo(ErrorCode.NONE);
    }

    /** Kafka's own coordinator may have left a transaction with the greatest epoch, which no marker can exceed. */
    @Test
    void kafka20090ATransactionWithTheGreatestEpochEnds() {
        ongoing(Short.MAX_VALUE);

        harness.advance(TIMEOUT_MS);

        assertThat(harness.owed().get(0).version()).isEqualTo(V1);
        assertThat(harness.writeMarkers()).hasSize(1);
        assertThat(harness.state().state()).isEqualTo(TransactionState.COMPLETE_ABORT);
    }

    /** A marker that was sent again was refused for ever, after the coordinator was reloaded or an answer was lost. */
    @Test
    void kafka19999MarkersAreTheSameAfterAFailoverAndMayArriveTwice() {
        ProducerIdentity next = harness.end(ongoing((short) 3), true, V2).producer();
        OwedMarker before = harness.owed().get(0);

        harness.failOver();

        assertThat(harness.owed()).containsExactly(before);
        harness.writeMarkers();
        assertThat(harness.call(new MarkersWritten(TransactionHarness.ID, before.endOffset(), before.partitions())))
                .isEqualTo(ErrorCode.NONE);
        assertThat(harness.state().state()).isEqualTo(TransactionState.COMPLETE_COMMIT);
        assertThat(harness.add(next, V2, A)).isEqualTo(ErrorCode.NONE);
    }

    /** A transaction without records could not be committed. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void kafka18401AnEmptyTransactionEnds(boolean commit) {
        ProducerIdentity first = harness.init().producer();

        ProducerIdentity second = harness.end(first, commit, V2).producer();
        ProducerIdentity third = harness.end(second, !commit, V2).producer();

        assertThat(second).isEqualTo(first.raised());
        assertThat(third).isEqualTo(second.raised());
        assertThat(harness.owed()).isEmpty();
        assertThat(harness.state().state()).isEqualTo(TransactionState.complete(!commit));
        assertThat(harness.end(second, !commit, V2)).isEqualTo(ProducerAnswer.given(third));
    }

    /** An abort without records right after a commit was fenced. */
    @Test
    void kafka18464AnEmptyAbortWaitsForTheCommitBefore() {
        ProducerIdentity next = harness.end(ongoing((short) 3), true, V2).producer();

        assertThat(harness.end(next, false, V2).error()).isEqualTo(ErrorCode.CONCURRENT_TRANSACTIONS);
        harness.writeMarkers();

        assertThat(harness.end(next, false, V2)).isEqualTo(ProducerAnswer.given(next.raised()));
    }

    /** A late EndTxn committed the next transaction of the same producer. */
    @Test
    void kafka19446ALateEndDoesNotEndTheNextTransaction() {
        ProducerIdentity first = ongoing((short) 3);
        ProducerIdentity second = harness.end(first, true, V2).producer();
        harness.writeMarkers();
        assertThat(harness.add(second, V2, A)).isEqualTo(ErrorCode.NONE);

        assertThat(harness.end(first, true, V2).error()).isEqualTo(ErrorCode.PRODUCER_FENCED);
        assertThat(harness.add(first, V2, A)).isEqualTo(ErrorCode.PRODUCER_FENCED);

        assertThat(harness.state().state()).isEqualTo(TransactionState.ONGOING);
        ProducerIdentity third = harness.end(second, false, V2).producer();
        assertThat(harness.owed().get(0).producer()).isEqualTo(third).isEqualTo(second.raised());
        assertThat(harness.owed().get(0).version()).isEqualTo(V2);
    }

    private ProducerIdentity ongoing(short epoch) {
        ProducerIdentity producer = new ProducerIdentity(5, epoch);
        harness.store(Transaction.started(producer, TIMEOUT_MS, harness.nowMs()));
        assertThat(harness.add(producer, V2, A)).isEqualTo(ErrorCode.NONE);
        return producer;
    }
}
