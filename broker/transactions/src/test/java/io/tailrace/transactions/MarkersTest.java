package io.tailrace.transactions;

import static io.tailrace.transactions.TransactionHarness.A;
import static io.tailrace.transactions.TransactionHarness.B;
import static io.tailrace.transactions.TransactionHarness.ID;
import static io.tailrace.transactions.TransactionHarness.TIMEOUT_MS;
import static io.tailrace.transactions.TransactionHarness.V1;
import static io.tailrace.transactions.TransactionHarness.V2;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.util.Collections;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarkersTest {
    private final TransactionHarness harness = new TransactionHarness();

    @Test
    void onlyACommittedEndOwesMarkers() {
        ProducerIdentity producer = begin(V2);
        assertThat(harness.owed()).isEmpty();
        harness.holdCommits();
        assertThat(harness.end(producer, true, V2).error()).isEqualTo(ErrorCode.NONE);
        assertThat(harness.owed()).isEmpty();

        harness.commit();

        assertThat(harness.owed()).hasSize(1);
    }

    @Test
    void theLastMarkerCompletesTheTransaction() {
        end(begin(V2), true, V2);

        report(A);
        assertThat(harness.state().state()).isEqualTo(TransactionState.PREPARE_COMMIT);
        assertThat(harness.owed().get(0).partitions()).containsExactly(B);
        report(A);
        report(B);

        assertThat(harness.state().state()).isEqualTo(TransactionState.COMPLETE_COMMIT);
        assertThat(harness.owed()).isEmpty();
    }

    @Test
    void aNewCoordinatorSendsAllMarkersAgain() {
        end(begin(V2), true, V2);
        report(A);

        harness.failOver();

        assertThat(harness.owed().get(0).partitions()).containsExactly(A, B);
    }

    @Test
    void aCompletionThatIsNotCommittedOwesNothing() {
        end(begin(V2), false, V2);
        harness.holdCommits();
        report(A, B);

        assertThat(harness.owed()).isEmpty();
        assertThat(harness.query(new DescribeTransaction(ID)).state()).isEqualTo("PrepareAbort");
    }

    @ParameterizedTest
    @ValueSource(shorts = {V1, V2})
    void aReportAboutAnEarlierTransactionChangesNothing(short version) {
        ProducerIdentity second = end(begin(version), true, version);
        long firstEnd = harness.owed().get(0).endOffset();
        harness.writeMarkers();
        assertThat(harness.add(second, version, A)).isEqualTo(ErrorCode.NONE);
        report(firstEnd, A, B);
        end(second, false, version);
        report(firstEnd, A, B);
        assertThat(harness.state().state()).isEqualTo(TransactionState.PREPARE_ABORT);

        report(A);

        assertThat(harness.state().state()).isEqualTo(TransactionState.COMPLETE_ABORT);
        assertThat(harness.call(new MarkersWritten("unknown", firstEnd, Set.of(A))))
                .isEqualTo(ErrorCode.NONE);
    }

    /** Another coordinator's software may have left it. */
    @Test
    void anEndWithoutPartitionsIsCompletedByAnEmptyReport() {
        Transaction started = Transaction.started(new ProducerIdentity(5, (short) 3), TIMEOUT_MS, harness.nowMs());
        harness.store(started.with(Collections.emptySet(), V1, harness.nowMs()).ended(true, harness.nowMs()));

        assertThat(harness.writeMarkers()).hasSize(1);

        assertThat(harness.state().state()).isEqualTo(TransactionState.COMPLETE_COMMIT);
    }

    private ProducerIdentity begin(short version) {
        ProducerIdentity producer = harness.init().producer();
        assertThat(harness.add(producer, version, A, B)).isEqualTo(ErrorCode.NONE);
        return producer;
    }

    private ProducerIdentity end(ProducerIdentity producer, boolean commit, short version) {
        ProducerAnswer answer = harness.end(producer, commit, version);
        assertThat(answer.error()).isEqualTo(ErrorCode.NONE);
        return answer.producer();
    }

    private void report(TopicPartition... partitions) {
        report(harness.log().size() - 1L, partitions);
    }

    private void report(long endOffset, TopicPartition... partitions) {
        assertThat(harness.call(new MarkersWritten(ID, endOffset, Set.of(partitions))))
                .isEqualTo(ErrorCode.NONE);
    }
}
