package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.protocol.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Open, committed and aborted transactions of a log, and their recovery. */
class TransactionsTest {
    private static final boolean V2 = true;
    private static final boolean V1 = false;

    private LogFixture fixture = new LogFixture(Path.of("unset"), LogFixture.SMALL_SEGMENTS);

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        fixture = new LogFixture(directory, LogFixture.SMALL_SEGMENTS);
        fixture.openLog();
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private AppendResult appendVerified(long producer, int epoch, int sequence, long verification) throws IOException {
        ByteBuffer batch = Batches.transactional(producer, epoch, sequence, 1);
        return fixture.log().appendVerified(batch, 0, verification, fixture.nowMs);
    }

    private AppendResult append(long producer, int epoch, int sequence) throws IOException {
        return append(fixture.log(), producer, epoch, sequence);
    }

    private AppendResult append(Log log, long producer, int epoch, int sequence) throws IOException {
        AppendResult first = log.appendAsLeader(Batches.transactional(producer, epoch, sequence, 1), 0, fixture.nowMs);
        return first instanceof AppendResult.Unverified unverified
                ? log.appendVerified(
                        Batches.transactional(producer, epoch, sequence, 1),
                        0,
                        unverified.verification(),
                        fixture.nowMs)
                : first;
    }

    private AppendResult end(long producer, int epoch, boolean isCommit, int coordinatorEpoch, boolean raisesEpoch)
            throws IOException {
        return fixture.log()
                .appendMarker(
                        new EndTransactionMarker(producer, (short) epoch, isCommit, coordinatorEpoch),
                        raisesEpoch,
                        0,
                        fixture.nowMs);
    }

    private long stable() throws IOException {
        return fixture.log().lastStableOffset(fixture.log().logEndOffset());
    }

    private static List<AbortedTransaction> aborted(Log log, long from) throws IOException {
        long end = log.logEndOffset();
        try (LogSlice slice = log.read(from, Integer.MAX_VALUE, end, true)) {
            return log.abortedTransactions(from, slice, end);
        }
    }

    private static void expectRefused(AppendResult result, ErrorCode error) {
        assertThat(result).isInstanceOfSatisfying(AppendResult.Refused.class, refused -> assertThat(refused.error())
                .isEqualTo(error));
    }

    @Test
    void transactionsBeginOnlyVerifiedAndGoOnWithout() throws IOException {
        AppendResult first = fixture.log().appendAsLeader(Batches.transactional(9, 0, 0, 1), 0, 1);
        assertThat(first).isInstanceOf(AppendResult.Unverified.class);
        assertThat(fixture.log().logEndOffset()).isZero();

        assertThat(append(9, 0, 0)).isInstanceOf(AppendResult.Appended.class);

        assertThat(fixture.log().appendAsLeader(Batches.transactional(9, 0, 1, 1), 0, 1))
                .isInstanceOf(AppendResult.Appended.class);
    }

    @Test
    void aVerificationEndsWithAMarker() throws IOException {
        append(9, 0, 0);
        end(9, 0, true, 1, V1);
        long verification = ((AppendResult.Unverified)
                        fixture.log().appendAsLeader(Batches.transactional(9, 0, 1, 1), 0, 1))
                .verification();
        append(9, 0, 1);
        end(9, 0, false, 1, V1);

        // A late request of the transaction that was just aborted must not begin another one.
        assertThat(fixture.log().appendVerified(Batches.transactional(9, 0, 2, 1), 0, verification, 1))
                .isInstanceOf(AppendResult.Unverified.class);
        assertThat(stable()).isEqualTo(fixture.log().logEndOffset());
    }

    @Test
    void theLastStableOffsetWaitsForTheFirstOpenTransactionAndForMarkersBelowTheHighWatermark() throws IOException {
        fixture.append(Batches.of(3, 1));
        append(9, 0, 0);
        append(8, 0, 0);
        assertThat(stable()).isEqualTo(3);
        end(9, 1, true, 1, V2);
        assertThat(fixture.log().lastStableOffset(5))
                .as("marker above the high watermark")
                .isEqualTo(3);
        assertThat(stable()).isEqualTo(4);
        end(8, 1, false, 1, V2);
        assertThat(fixture.log().lastStableOffset(6)).isEqualTo(4);
        assertThat(stable()).isEqualTo(7);
    }

    @Test
    void readersLearnOfAbortedTransactionsThatOverlap() throws IOException {
        append(9, 0, 0);
        append(8, 0, 0);
        end(9, 1, false, 1, V2);
        end(8, 1, true, 1, V2);
        append(9, 1, 0);
        end(9, 2, false, 1, V2);

        AbortedTransaction first = new AbortedTransaction(9, 0, 2, 1);
        AbortedTransaction second = new AbortedTransaction(9, 4, 5, 6);
        assertThat(aborted(fixture.log(), 0)).containsExactly(first, second);
        assertThat(aborted(fixture.log(), 2)).containsExactly(first, second);
        assertThat(aborted(fixture.log(), 3)).containsExactly(second);
    }

    @Test
    void lateMarkersAndCoordinatorsAreRefused() throws IOException {
        append(9, 3, 0);
        expectRefused(end(9, 2, true, 1, V1), ErrorCode.INVALID_PRODUCER_EPOCH);
        expectRefused(end(9, 3, true, 1, V2), ErrorCode.INVALID_PRODUCER_EPOCH);
        assertThat(end(9, 4, true, 5, V2)).isInstanceOf(AppendResult.Appended.class);
        expectRefused(end(9, 5, true, 4, V2), ErrorCode.TRANSACTION_COORDINATOR_FENCED);
        expectRefused(append(9, 3, 1), ErrorCode.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void aRepeatedMarkerChangesNothing() throws IOException {
        append(9, 3, 0);
        end(9, 4, false, 1, V2);
        long end = fixture.log().logEndOffset();
        assertThat(end(9, 4, false, 1, V2)).isInstanceOf(AppendResult.Duplicate.class);
        assertThat(fixture.log().logEndOffset()).isEqualTo(end);
    }

    @Test
    void aMarkerThatANewCoordinatorRepeatsFencesTheFormerOne() throws IOException {
        append(9, 3, 0);
        end(9, 3, true, 4, V1);
        // KAFKA-19999: refused markers would keep the transaction open for ever.
        assertThat(end(9, 3, true, 5, V1)).isInstanceOf(AppendResult.Appended.class);
        append(9, 3, 1);
        // Late, and of the transaction before.
        expectRefused(end(9, 3, false, 4, V1), ErrorCode.TRANSACTION_COORDINATOR_FENCED);
        assertThat(stable()).isEqualTo(3);
    }

    @Test
    void aDamagedMarkerOfALeaderIsRefusedBeforeItIsWritten() throws IOException {
        ByteBuffer marker = new EndTransactionMarker(9, (short) 0, true, 1).toBatch(1);
        int type = marker.limit() - 9;
        marker.put(type, (byte) 7);
        RecordBatch batch = RecordBatch.at(marker);
        batch.stampMaxTimestamp(1);
        batch.stamp(0, 0);

        expectRefused(fixture.log().appendAsFollower(marker, fixture.nowMs), ErrorCode.CORRUPT_MESSAGE);
        assertThat(fixture.log().logEndOffset()).isZero();
    }

    @Test
    void otherBatchesOfTheProducerWaitForTheMarker() throws IOException {
        append(9, 0, 0);
        expectRefused(fixture.log().appendAsLeader(Batches.idempotent(9, 0, 1, 1), 0, 1), ErrorCode.INVALID_TXN_STATE);
    }

    @Test
    void aBatchOfTheNextTransactionIsVerifiedAgainOnceTheMarkerIsThere() throws IOException {
        append(9, 0, 0);
        AppendResult early = fixture.log().appendAsLeader(Batches.transactional(9, 1, 0, 1), 0, fixture.nowMs);
        long verification = ((AppendResult.Unverified) early).verification();
        assertThat(appendVerified(9, 1, 0, verification)).isInstanceOf(AppendResult.Unverified.class);

        end(9, 1, true, 1, V2);

        assertThat(appendVerified(9, 1, 0, verification)).isInstanceOf(AppendResult.Unverified.class);
        assertThat(append(9, 1, 0)).isInstanceOf(AppendResult.Appended.class);
    }

    @Test
    void sequencesGoOnBehindAMarkerAndStartAgainInANewEpoch() throws IOException {
        append(9, 0, 0);
        end(9, 0, true, 1, V1);
        expectRefused(append(9, 0, 2), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(append(9, 0, 1)).isInstanceOf(AppendResult.Appended.class);
        end(9, 1, true, 1, V2);
        expectRefused(append(9, 1, 1), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(append(9, 1, 0)).isInstanceOf(AppendResult.Appended.class);
    }

    /** As those of consumer groups, which store offsets in a transaction of their client. */
    @Test
    void batchesOfACoordinatorHaveNoSequenceAndAreNotTakenForEachOther() throws IOException {
        for (int offset = 0; offset < 4; offset++) {
            assertThat(append(9, 0, RecordBatch.NO_SEQUENCE)).isInstanceOf(AppendResult.Appended.class);
            assertThat(fixture.log().logEndOffset()).isEqualTo(offset + 1);
            fixture.restart();
            assertThat(stable()).isZero();
        }
        end(9, 1, true, 1, V2);
        assertThat(append(9, 1, RecordBatch.NO_SEQUENCE)).isInstanceOf(AppendResult.Appended.class);
        assertThat(stable()).isEqualTo(5);
    }

    @Test
    void aProducerWithAnOpenTransactionIsNeverForgotten() throws IOException {
        fixture.stop();
        fixture.producerIdsMax = 2;
        fixture.openLog();
        append(9, 0, 0);
        for (int producer = 20; producer < 30; producer++) {
            fixture.append(Batches.idempotent(producer, 0, 0, 1));
        }
        fixture.nowMs += 48 * 3_600_000L;
        fixture.directory().maintain(fixture.nowMs, partition -> 0);

        assertThat(stable()).isZero();
        assertThat(end(9, 1, false, 1, V2)).isInstanceOf(AppendResult.Appended.class);
        assertThat(aborted(fixture.log(), 0)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void recoveryFindsTheSameTransactions(long seed, @TempDir Path crashed) throws IOException {
        Random random = new Random(seed);
        int[] epochs = new int[5];
        for (int i = 0; i < 400; i++) {
            int producer = random.nextInt(5);
            if (random.nextInt(4) == 0) {
                end(producer, ++epochs[producer], random.nextBoolean(), 1, V2);
            } else {
                int sequence = producer == 4 ? RecordBatch.NO_SEQUENCE : random.nextInt(3);
                AppendResult unused = append(producer, epochs[producer], sequence);
            }
        }
        List<Object> expected = describe(fixture.log());
        assertThat(expected.toString()).as("seed %d", seed).contains("AbortedTransaction");
        try (LogFixture copy = fixture.crashedCopy(crashed)) {
            assertThat(describe(copy.openLog()))
                    .as("seed %d, from snapshot and log", seed)
                    .isEqualTo(expected);
            assertThat(describe(copy.restart()))
                    .as("seed %d, after a clean stop", seed)
                    .isEqualTo(expected);
            copy.stop();
            for (String suffix : List.of(LogFiles.SNAPSHOT, LogFiles.TRANSACTION_INDEX)) {
                for (Path file : copy.files(suffix)) {
                    Files.delete(file);
                }
            }
            assertThat(describe(copy.openLog()))
                    .as("seed %d, from the log alone", seed)
                    .isEqualTo(expected);
        }
    }

    private static List<Object> describe(Log log) throws IOException {
        long end = log.logEndOffset();
        List<Object> all = new ArrayList<>(List.of(log.lastStableOffset(end)));
        for (long from = log.logStartOffset(); from < end; from += 7) {
            all.add(aborted(log, from));
        }
        return all;
    }
}
