package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Idempotent producers: duplicates, gaps, epochs, and their recovery. */
class ProducerStatesTest {
    private LogFixture fixture = new LogFixture(Path.of("unset"), LogFixture.SMALL_SEGMENTS);

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        fixture = new LogFixture(directory, LogFixture.SMALL_SEGMENTS);
        fixture.disk = new FaultyDisk();
        fixture.openLog();
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private AppendResult append(int epoch, int firstSequence, int records) throws IOException {
        return fixture.log().appendAsLeader(Batches.idempotent(9, epoch, firstSequence, records), 0, fixture.nowMs);
    }

    private static void expectRefused(AppendResult result, ErrorCode error) {
        assertThat(result).isInstanceOfSatisfying(AppendResult.Refused.class, refused -> assertThat(refused.error())
                .isEqualTo(error));
    }

    @Test
    void batchesInFlightToTwoLeadersAreDuplicatesAndThoseBeforeAreNot() throws IOException {
        for (int i = 0; i < 11; i++) {
            assertThat(append(0, i * 2, 2)).isEqualTo(new AppendResult.Appended(i * 2L, i * 2L + 2, 0));
        }
        for (int i = 1; i < 11; i++) {
            assertThat(append(0, i * 2, 2)).isEqualTo(new AppendResult.Duplicate(i * 2L, i * 2L + 2, 0));
        }
        expectRefused(append(0, 0, 2), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(fixture.log().logEndOffset()).isEqualTo(22);
    }

    @Test
    void gapIsRefused() throws IOException {
        append(0, 0, 3);
        expectRefused(append(0, 4, 1), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        expectRefused(append(0, 2, 1), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(append(0, 3, 1)).isInstanceOf(AppendResult.Appended.class);
    }

    @Test
    void newEpochStartsAtZeroAndOldOneIsFenced() throws IOException {
        append(3, 0, 3);
        expectRefused(append(4, 3, 1), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(append(4, 0, 1)).isInstanceOf(AppendResult.Appended.class);
        expectRefused(append(3, 3, 1), ErrorCode.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void sequenceWrapsAround() throws IOException {
        assertThat(append(0, Integer.MAX_VALUE - 1, 3)).isInstanceOf(AppendResult.Appended.class);
        assertThat(append(0, Integer.MAX_VALUE - 1, 3)).isInstanceOf(AppendResult.Duplicate.class);
        assertThat(append(0, 1, 2)).isInstanceOf(AppendResult.Appended.class);
        fixture.restart();
        assertThat(append(0, Integer.MAX_VALUE - 1, 3)).isInstanceOf(AppendResult.Duplicate.class);
    }

    @Test
    void unknownProducerStartsAnywhere() throws IOException {
        assertThat(append(0, 17, 1)).isInstanceOf(AppendResult.Appended.class);
        expectRefused(append(0, 17, 2), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void anInactiveProducerIsForgotten() throws IOException {
        append(0, 0, 1);
        fixture.nowMs += 24 * 3_600_000L - 1;
        fixture.directory().maintain(fixture.nowMs, partition -> 0);
        assertThat(append(0, 0, 1)).isInstanceOf(AppendResult.Duplicate.class);
        fixture.nowMs += 1;
        fixture.directory().maintain(fixture.nowMs, partition -> 0);
        assertThat(append(0, 5, 1)).isInstanceOf(AppendResult.Appended.class);
    }

    @Test
    void duplicatesAreDetectedAfterACleanStopAndAfterACrash(@TempDir Path crashed) throws IOException {
        for (int i = 0; i < 60; i++) {
            append(0, i, 1);
            fixture.append(Batches.idempotent(100 + i % 3, 1, i / 3, 1));
        }
        List<ProducerEntry> expected = producers(fixture.log());
        try (LogFixture copy = fixture.crashedCopy(crashed)) {
            assertThat(producers(copy.openLog())).as("from snapshot and log").isEqualTo(expected);
            copy.stop();
            for (Path snapshot : copy.files(LogFiles.SNAPSHOT)) {
                Files.delete(snapshot);
            }
            assertThat(producers(copy.openLog())).as("from the log alone").isEqualTo(expected);
            assertThat(producers(copy.restart())).as("from the snapshot alone").isEqualTo(expected);
        }
        fixture.restart();
        for (int i = 50; i < 60; i++) {
            assertThat(append(0, i, 1)).isInstanceOf(AppendResult.Duplicate.class);
        }
    }

    @Test
    void theLeastRecentlyActiveProducerIsForgottenFirst() throws IOException {
        fixture.stop();
        fixture.producerIdsMax = 3;
        Log log = fixture.openLog();
        for (long id : new long[] {1, 2, 3, 1, 4}) {
            int sequence = log.state().producers().entries().stream()
                    .filter(producer -> producer.producerId() == id)
                    .mapToInt(ProducerEntry::batchCount)
                    .sum();
            log.appendAsLeader(Batches.idempotent(id, 0, sequence, 1), 0, fixture.nowMs);
        }
        assertThat(producers(log)).extracting(ProducerEntry::producerId).containsExactly(1L, 3L, 4L);
        assertThat(producers(fixture.restart()))
                .extracting(ProducerEntry::producerId)
                .containsExactly(1L, 3L, 4L);
    }

    @Test
    void aDamagedSnapshotIsIgnored() throws IOException {
        for (int i = 0; i < 60; i++) {
            append(0, i, 1);
        }
        List<ProducerEntry> expected = producers(fixture.log());
        fixture.stop();
        List<Path> snapshots = fixture.files(LogFiles.SNAPSHOT);
        assertThat(snapshots).hasSizeGreaterThan(1);
        for (Path snapshot : snapshots) {
            LogFixture.flipBit(snapshot, Files.size(snapshot) - 3);
        }
        assertThat(producers(fixture.openLog())).isEqualTo(expected);
        fixture.stop();
        for (Path snapshot : fixture.files(LogFiles.SNAPSHOT)) {
            LogFixture.cut(snapshot, 5);
        }
        assertThat(producers(fixture.openLog())).isEqualTo(expected);
    }

    @Test
    void truncationRestoresEarlierSequences() throws IOException {
        for (int i = 0; i < 60; i++) {
            append(0, i, 1);
        }
        fixture.log().truncateTo(30, fixture.nowMs);
        expectRefused(append(0, 31, 1), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(append(0, 29, 1)).isEqualTo(new AppendResult.Duplicate(29, 30, 0));
        assertThat(append(0, 30, 1)).isEqualTo(new AppendResult.Appended(30, 31, 0));
    }

    private static List<ProducerEntry> producers(Log log) {
        return log.state().producers().entries().stream()
                .sorted(Comparator.comparingLong(ProducerEntry::producerId))
                .toList();
    }
}
