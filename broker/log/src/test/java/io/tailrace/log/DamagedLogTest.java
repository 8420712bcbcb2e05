package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.RecordBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A damaged log, or a directory that cannot be used, costs itself only. */
class DamagedLogTest {
    private static final TopicPartition HEALTHY = new TopicPartition("healthy", 0);

    @TempDir
    Path path = Path.of("unset");

    private LogFixture fixture = new LogFixture(Path.of("unset"), LogFixture.SMALL_SEGMENTS);

    @BeforeEach
    void writeTwoLogsAndStop() throws IOException {
        fixture = new LogFixture(path, LogFixture.SMALL_SEGMENTS);
        fixture.disk = new FaultyDisk();
        fixture.openLog();
        for (int i = 0; i < 60; i++) {
            fixture.append(Batches.of(3, i));
        }
        assertThat(fixture.log().segmentCount()).isGreaterThan(2);
        fixture.directory().create(HEALTHY, fixture.config, fixture.nowMs).appendAsLeader(Batches.of(2, 1), 0, 0);
        fixture.stop();
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private Path shortenClosedSegment() throws IOException {
        Path segment = fixture.files(LogFiles.LOG).get(1);
        LogFixture.cut(segment, Files.size(segment) - 10);
        return segment;
    }

    @Test
    void aShortClosedSegmentCostsItsLogOnly() throws IOException {
        Path segment = shortenClosedSegment();
        byte[] before = Files.readAllBytes(segment);
        LogDirectory directory = fixture.open();

        assertThat(directory.logs()).extracting(Log::partition).containsExactly(HEALTHY);
        assertThat(directory.log(HEALTHY).orElseThrow().logEndOffset()).isEqualTo(2);
        assertThat(directory.unopenedLogs()).containsOnlyKeys(LogFixture.PARTITION);
        assertThat(directory.unopenedLogs().get(LogFixture.PARTITION))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining(segment.getFileName().toString())
                .hasMessageContaining("at byte ");
        assertThat(directory.wasCleanlyClosed()).as("something may be lost").isFalse();
        assertThat(directory.isOffline()).isFalse();
        assertThat(Files.readAllBytes(segment)).isEqualTo(before);
        assertThatThrownBy(() -> directory.create(LogFixture.PARTITION, fixture.config, 0))
                .isInstanceOf(CorruptLogException.class);

        fixture.stop();
        assertThat(fixture.open().wasCleanlyClosed()).as("still damaged").isFalse();
    }

    @Test
    void aSegmentThatIsMissingBelowTheRecoveryPointIsDamage() throws IOException {
        Files.delete(fixture.files(LogFiles.LOG).get(1));
        assertThat(fixture.open().unopenedLogs().get(LogFixture.PARTITION))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("00000000000000000069.log: the file is missing");
    }

    private interface Loss {
        void of(List<Path> segments) throws IOException;
    }

    /** Losses that leave only intact batches. */
    private static final Map<String, Loss> LOSSES = Map.of(
            "the last segment is missing", segments -> Files.delete(segments.get(segments.size() - 1)),
            "the last segment is empty", segments -> LogFixture.cut(segments.get(segments.size() - 1), 0),
            "the last segment lacks its last batch",
                    segments -> {
                        Path last = segments.get(segments.size() - 1);
                        LogFixture.cut(
                                last, Files.size(last) - Batches.of(3, 59).remaining());
                    },
            "all segments are missing",
                    segments -> {
                        for (Path segment : segments) {
                            Files.delete(segment);
                        }
                    });

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLogShorterThanItsRecoveryPointIsDamaged(boolean clean, @TempDir Path copies) throws IOException {
        for (Map.Entry<String, Loss> loss : LOSSES.entrySet()) {
            try (LogFixture copy = fixture.crashedCopy(copies.resolve(loss.getKey()))) {
                if (!clean) {
                    Files.delete(copy.path.resolve(".kafka_cleanshutdown"));
                }
                loss.getValue().of(copy.files(LogFiles.LOG));
                List<Path> left = copy.files(LogFiles.LOG);
                LogDirectory directory = copy.open();
                assertThat(directory.unopenedLogs().get(LogFixture.PARTITION))
                        .as(loss.getKey())
                        .isInstanceOf(CorruptLogException.class)
                        .hasMessageContaining("offset 180");
                assertThat(directory.wasCleanlyClosed()).isFalse();
                assertThat(directory.damageCount()).isEqualTo(1);
                assertThat(copy.files(LogFiles.LOG)).isEqualTo(left);
            }
        }
    }

    @Test
    void damageBelowTheRecoveryPointIsNotCutAfterACrash() throws IOException {
        Files.delete(path.resolve(".kafka_cleanshutdown"));
        List<Path> segments = fixture.files(LogFiles.LOG);
        Path last = segments.get(segments.size() - 1);
        LogFixture.flipBit(last, RecordBatch.MAGIC_AT);
        byte[] before = Files.readAllBytes(last);
        assertThat(fixture.open().unopenedLogs().get(LogFixture.PARTITION))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining(last.getFileName() + ": at byte 0: magic");
        assertThat(last).hasBinaryContent(before);
    }

    @Test
    void damageThatIsMetAtASecondAttemptIsReported() throws IOException {
        Path segment = fixture.files(LogFiles.LOG).get(1);
        FaultyDisk disk = new FaultyDisk();
        disk.openFails = segment;
        fixture.disk = disk;
        LogDirectory directory = fixture.open();
        assertThat(directory.unopenedLogs().get(LogFixture.PARTITION)).isInstanceOf(LogOperationException.class);
        disk.openFails = null;
        LogFixture.cut(segment, Files.size(segment) - 10);
        assertThatThrownBy(() -> directory.create(LogFixture.PARTITION, fixture.config, fixture.nowMs))
                .isInstanceOf(CorruptLogException.class);
        directory.setAside(LogFixture.PARTITION, fixture.nowMs);
        assertThat(fixture.log().logEndOffset()).isZero();
    }

    @Test
    void aDamagedLogOpensAgainOnceItsFilesAreRepaired() throws IOException {
        Path segment = fixture.files(LogFiles.LOG).get(1);
        byte[] whole = Files.readAllBytes(segment);
        LogFixture.cut(segment, whole.length - 10);
        LogDirectory directory = fixture.open();
        Files.write(segment, whole);
        assertThat(directory
                        .create(LogFixture.PARTITION, fixture.config, fixture.nowMs)
                        .logEndOffset())
                .isEqualTo(180);
        assertThat(directory.unopenedLogs()).isEmpty();
    }

    @Test
    void aReplacedLogStartsEmptyAndItsFilesAreKept(@TempDir Path crash) throws IOException {
        Path segment = shortenClosedSegment();
        byte[] damaged = Files.readAllBytes(segment);
        LogDirectory directory = fixture.open();
        UUID topicId = new UUID(1, 2);
        assertThat(directory.claim(LogFixture.PARTITION, topicId)).isTrue();

        directory.setAside(LogFixture.PARTITION, fixture.nowMs);
        Log log = fixture.log();
        assertThat(log.logEndOffset()).isZero();
        assertThat(directory.unopenedLogs()).isEmpty();
        log.appendAsLeader(Batches.of(2, 7), 0, 0);
        Path kept = path.resolve("access-log-0." + fixture.nowMs + "-damaged");
        assertThat(kept.resolve(segment.getFileName())).hasBinaryContent(damaged);

        try (LogFixture crashed = fixture.crashedCopy(crash)) {
            Path last = crashed.files(LogFiles.LOG).get(0);
            LogFixture.flipBit(last, Files.size(last) - 1);
            assertThat(crashed.openLog().logEndOffset())
                    .as("the old recovery point does not hold for the new log")
                    .isZero();
        }
        fixture.stop();
        assertThat(fixture.open().wasCleanlyClosed()).isTrue();
        assertThat(kept).exists();
        assertThatThrownBy(() -> fixture.directory().setAside(LogFixture.PARTITION, 0))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void onlyTheLatestDamagedLogsAreKept() throws IOException {
        for (int i = 0; i < PartitionDirectories.DAMAGED_MAX + 3; i++) {
            Files.createDirectories(path.resolve("old-" + i + ".%013d-damaged".formatted(1_000 + i)));
        }
        shortenClosedSegment();
        LogDirectory directory = fixture.open();
        directory.setAside(LogFixture.PARTITION, fixture.nowMs);
        directory.maintain(fixture.nowMs, partition -> 0);
        assertThat(path.toFile().list((ignored, name) -> name.endsWith("-damaged")))
                .hasSize(PartitionDirectories.DAMAGED_MAX)
                .contains("old-4.0000000001004-damaged", "access-log-0." + fixture.nowMs + "-damaged")
                .doesNotContain("old-3.0000000001003-damaged");
    }

    @Test
    void aDamagedLogCanBeDeletedAndCreatedAnew() throws IOException {
        shortenClosedSegment();
        LogDirectory directory = fixture.open();
        directory.delete(LogFixture.PARTITION, fixture.nowMs);
        assertThat(directory.unopenedLogs()).isEmpty();
        assertThat(directory
                        .create(LogFixture.PARTITION, fixture.config, fixture.nowMs)
                        .logEndOffset())
                .isZero();
    }

    @Test
    void theLogStartOffsetOfADamagedLogIsNotForgotten() throws IOException {
        fixture.openLog().deleteRecordsBefore(5);
        fixture.stop();
        Path segment = fixture.files(LogFiles.LOG).get(1);
        byte[] whole = Files.readAllBytes(segment);
        LogFixture.cut(segment, 10);
        fixture.open();
        fixture.stop();
        Files.write(segment, whole);
        assertThat(fixture.openLog().logStartOffset()).isEqualTo(5);
    }

    @Test
    void aLogThatCannotBeReadForAnotherReasonIsNotReplaced() throws IOException {
        Path segment = fixture.files(LogFiles.LOG).get(1);
        FaultyDisk disk = new FaultyDisk();
        disk.openFails = segment;
        fixture.disk = disk;
        LogDirectory directory = fixture.open();
        assertThat(directory.unopenedLogs().get(LogFixture.PARTITION))
                .isInstanceOf(LogOperationException.class)
                .hasMessageContaining("Too many open files");
        assertThat(directory.logs()).hasSize(1);
        assertThatThrownBy(() -> directory.setAside(LogFixture.PARTITION, 0)).isInstanceOf(IllegalStateException.class);
        disk.openFails = null;
        assertThat(directory
                        .create(LogFixture.PARTITION, fixture.config, fixture.nowMs)
                        .logEndOffset())
                .as("tried again")
                .isEqualTo(180);
    }

    @Test
    void aFailingDiskAtTheStartIsReportedAsAnOfflineDirectory() throws IOException {
        FaultyDisk disk = new FaultyDisk();
        disk.readFails = true;
        fixture.disk = disk;
        LogDirectory directory = fixture.open();
        expectOffline(directory);
        assertThat(fixture.failures)
                .as("only failures after the start are notified")
                .isEmpty();
        disk.readFails = false;
        assertThat(fixture.openLog().logEndOffset()).as("the next start").isEqualTo(180);
    }

    @Test
    void aPathThatIsNoDirectoryIsReportedAsAnOfflineDirectory(@TempDir Path other) throws IOException {
        LogFixture file = new LogFixture(Files.createFile(other.resolve("file")), fixture.config);
        expectOffline(file.open());
    }

    @Test
    void damagedMetaPropertiesAreReportedAsAnOfflineDirectory() throws IOException {
        Files.writeString(path.resolve("meta.properties"), "\\u00zz");
        expectOffline(fixture.open());
    }

    private static void expectOffline(LogDirectory directory) throws IOException {
        assertThat(directory.isOffline()).isTrue();
        assertThat(directory.logs()).isEmpty();
        assertThat(directory.wasCleanlyClosed()).isFalse();
        assertThat(directory.readHighWatermarks()).isEmpty();
        assertThatThrownBy(() -> directory.create(LogFixture.PARTITION, LogConfig.DEFAULTS, 0))
                .isInstanceOf(LogDirectoryOfflineException.class);
        directory.abandon();
    }
}
