package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ownership of a log directory, its logs, and its checkpoints. */
@Timeout(300)
class LogDirectoryTest {
    private static LogFixture fixture(Path directory) {
        LogFixture fixture = new LogFixture(directory, LogFixture.SMALL_SEGMENTS);
        fixture.disk = new FaultyDisk();
        return fixture;
    }

    @Test
    void onlyOneBrokerAtATimeUsesADirectory(@TempDir Path directory) throws IOException {
        try (LogFixture first = fixture(directory);
                LogFixture second = fixture(directory)) {
            first.open();
            assertThatThrownBy(second::open)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("is in use by another broker");
            first.stop();
            second.open();
        }
    }

    @Test
    void aDirectoryBelongsToOneBrokerOfOneCluster(@TempDir Path directory) throws IOException {
        try (LogFixture owner = fixture(directory)) {
            owner.open();
            owner.stop();
            assertThat(directory.resolve("meta.properties"))
                    .content()
                    .contains("version=0\n", "broker.id=1\n", "cluster.id=cluster-1\n");
        }
        for (LogDirectoryConfig other : List.of(
                new LogDirectoryConfig(directory, "cluster-2", 1, 0, 1, 1),
                new LogDirectoryConfig(directory, "cluster-1", 2, 0, 1, 1))) {
            assertThatThrownBy(() ->
                            LogDirectory.open(other, topic -> LogConfig.DEFAULTS, Runnable::run, failure -> {}, 0))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("the directory belongs to another");
        }
        try (LogFixture owner = fixture(directory)) {
            assertThat(owner.open().wasCleanlyClosed())
                    .as("the refused brokers changed nothing")
                    .isTrue();
        }
    }

    @Test
    void recoversManyLogsOnManyThreads(@TempDir Path directory, @TempDir Path crashed) throws IOException {
        ExecutorService executor = Executors.newFixedThreadPool(4);
        try (LogFixture fixture = fixture(directory)) {
            LogDirectory open = fixture.open();
            for (int i = 0; i < 40; i++) {
                Log log = open.create(new TopicPartition("topic-with-dashes", i), fixture.config, fixture.nowMs);
                for (int j = 0; j <= i; j++) {
                    log.appendAsLeader(Batches.of(2, j), 0, fixture.nowMs);
                }
            }
            try (LogFixture copy = fixture.crashedCopy(crashed)) {
                Files.createDirectory(crashed.resolve("lost+found"));
                copy.executor = executor;
                LogDirectory recovered = copy.open();
                assertThat(recovered.wasCleanlyClosed()).isFalse();
                assertThat(recovered.logs()).hasSize(40);
                for (int i = 0; i < 40; i++) {
                    Log log = recovered
                            .log(new TopicPartition("topic-with-dashes", i))
                            .orElseThrow();
                    assertThat(log.logEndOffset()).isEqualTo(2L * (i + 1));
                }
                copy.stop();
                assertThat(copy.open().wasCleanlyClosed()).isTrue();
            }
        } finally {
            executor.shutdown();
        }
    }

    @Test
    void aCorruptLogNamesFileAndByte(@TempDir Path directory) throws IOException {
        try (LogFixture fixture = fixture(directory)) {
            fixture.openLog();
            fixture.append(Batches.of(2, 1));
            fixture.append(Batches.of(2, 1));
            fixture.stop();
            Path segment = fixture.files(LogFiles.LOG).get(0);
            byte[] whole = Files.readAllBytes(segment);
            LogFixture.flipBit(segment, 16);
            assertThat(fixture.open().unopenedLogs().get(LogFixture.PARTITION))
                    .isInstanceOf(CorruptLogException.class)
                    .hasMessageContaining("00000000000000000000.log: at byte 0: magic");
            fixture.stop();
            Files.write(segment, whole);
            assertThat(fixture.openLog().logEndOffset()).isEqualTo(4);
        }
    }

    @Test
    void highWatermarksSurviveARestart(@TempDir Path directory) throws IOException {
        Map<TopicPartition, Long> offsets = Map.of(LogFixture.PARTITION, 42L, new TopicPartition("b", 7), 0L);
        try (LogFixture fixture = fixture(directory)) {
            assertThat(fixture.open().readHighWatermarks()).isEmpty();
            fixture.directory().writeHighWatermarks(offsets);
            fixture.stop();
            assertThat(fixture.open().readHighWatermarks()).isEqualTo(offsets);
            Files.writeString(directory.resolve("replication-offset-checkpoint"), "0\n2\nb 7 0\n");
            assertThat(fixture.directory().readHighWatermarks())
                    .as("one entry of two")
                    .isEmpty();
        }
    }

    @Test
    void aRecreatedLogIsScannedDespiteTheRecoveryPointOfTheOldOne(@TempDir Path directory, @TempDir Path crashed)
            throws IOException {
        try (LogFixture fixture = fixture(directory)) {
            fixture.openLog();
            fixture.append(Batches.of(50, 1));
            fixture.log().flush();
            fixture.directory().checkpoint();
            fixture.directory().delete(LogFixture.PARTITION, fixture.nowMs);
            fixture.append(Batches.of(2, 1));
            fixture.append(Batches.of(2, 1));
            try (LogFixture copy = fixture.crashedCopy(crashed)) {
                Path segment = copy.files(LogFiles.LOG).get(0);
                LogFixture.flipBit(segment, Files.size(segment) - 1);
                assertThat(copy.openLog().logEndOffset()).isEqualTo(2);
            }
        }
    }

    @Test
    void aClosedDirectoryCreatesAndDeletesNothing(@TempDir Path directory) throws IOException {
        try (LogFixture fixture = fixture(directory)) {
            fixture.openLog();
            fixture.stop();
            assertThatThrownBy(() -> fixture.directory().create(new TopicPartition("b", 0), fixture.config, 0))
                    .isInstanceOf(LogClosedException.class);
            assertThatThrownBy(() -> fixture.directory().delete(LogFixture.PARTITION, 0))
                    .isInstanceOf(LogClosedException.class);
            assertThat(directory.resolve("b-0")).doesNotExist();
            assertThat(fixture.partitionPath()).exists();
            assertThat(fixture.directory().isOffline()).isFalse();
        }
    }

    @Test
    void leftoversOfThePreviousProcessAreRemoved(@TempDir Path directory) throws IOException {
        try (LogFixture fixture = fixture(directory)) {
            fixture.openLog();
            ByteBuffer batch = Batches.of(2, 1);
            fixture.append(batch);
            fixture.stop();
            for (String name : List.of(
                    "00000000000000000009.log.deleted",
                    "00000000000000000000.snapshot.tmp",
                    "00000000000000000077.index",
                    "00000000000000000077.timeindex")) {
                Files.write(fixture.partitionPath().resolve(name), new byte[3]);
            }
            Path deleted = directory.resolve("old-0.0123456789abcdef0123456789abcdef-delete");
            Files.createDirectories(deleted.resolve("inside"));
            assertThat(Batches.read(fixture.openLog())).containsExactly(batch);
            assertThat(deleted).doesNotExist();
            assertThat(fixture.partitionPath().toFile().list())
                    .noneMatch(name -> name.contains("77") || name.endsWith(".deleted") || name.endsWith(".tmp"));
        }
    }

    @Test
    void aConfigurationErrorNamesTheSetting() {
        assertThatThrownBy(() -> new LogConfig.Roll(13, 1, 12, 0))
                .hasMessage("segment.bytes: expected at least 14, found 13");
        assertThatThrownBy(() -> new LogConfig.Flush(0, 0, false))
                .hasMessage("flush.messages: expected at least 1, found 0");
        assertThatThrownBy(() -> new LogConfig.Retention(-1, 0))
                .hasMessage("retention.ms: expected at least 0, found -1");
    }

    @Test
    void aLogBelongsToItsTopicAcrossRestarts(@TempDir Path directory) throws IOException {
        UUID topicId = new UUID(1, 2);
        try (LogFixture fixture = fixture(directory)) {
            Log log = fixture.openLog();
            assertThat(fixture.directory().claim(log.partition(), topicId)).isTrue();
            fixture.directory().close();
            fixture.openLog();

            assertThat(fixture.directory().claim(log.partition(), new UUID(1, 3)))
                    .isFalse();
            assertThat(fixture.directory().claim(log.partition(), topicId)).isTrue();
            assertThat(directory.resolve("access-log-0/partition.metadata"))
                    .hasContent("version: 0\ntopic_id: AAAAAAAAAAEAAAAAAAAAAg\n");
        }
    }
}
