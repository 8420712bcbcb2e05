package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Failures that a client, or another process that fills the disk, can cause. None takes the directory offline. */
class OperationFailureTest {
    private final FaultyDisk disk = new FaultyDisk();
    private LogFixture fixture = new LogFixture(Path.of("unset"), LogFixture.SMALL_SEGMENTS);
    private Log log;

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        fixture = new LogFixture(directory, LogFixture.SMALL_SEGMENTS);
        fixture.disk = disk;
        log = fixture.openLog();
    }

    @AfterEach
    void expectOnline() throws IOException {
        assertThat(fixture.directory().isOffline()).isFalse();
        assertThat(fixture.failures).isEmpty();
        disk.openFails = null;
        disk.spaceBytes.set(Long.MAX_VALUE / 2);
        fixture.close();
    }

    @Test
    void eachErrorHasAScope(@TempDir Path present) {
        String file = present.resolve("file").toString();
        for (IOException operation : List.of(
                new FileSystemException(file, null, "File name too long"),
                new FileSystemException(file, null, "Too many open files"),
                new FileSystemException(file, null, "Too many open files in system"),
                new FileSystemException(file, null, "Too many links"),
                new NoSuchFileException(file),
                new FileAlreadyExistsException(file),
                new EOFException(),
                new ClosedByInterruptException(),
                new CorruptLogException(present, "damaged"))) {
            assertThat(FailureScope.of(operation, present)).as("%s", operation).isEqualTo(FailureScope.OPERATION);
        }
        for (String full : List.of("No space left on device", "Disk quota exceeded")) {
            assertThat(FailureScope.of(new IOException(full), present)).isEqualTo(FailureScope.SPACE);
            assertThat(FailureScope.of(new ForceFailedException(present, new IOException(full)), present))
                    .as("a failed sync")
                    .isEqualTo(FailureScope.DIRECTORY);
        }
        for (IOException disk : List.of(
                new IOException("Input/output error"),
                new FileSystemException(file, null, "Read-only file system"),
                new IOException(),
                new IOException("something new"))) {
            assertThat(FailureScope.of(disk, present)).as("%s", disk).isEqualTo(FailureScope.DIRECTORY);
        }
        assertThat(FailureScope.of(new NoSuchFileException(file), present.resolve("unmounted")))
                .isEqualTo(FailureScope.DIRECTORY);
    }

    @Test
    void tooManyOpenFilesRefuseAnAppendThatRollsAndNothingElse() throws IOException {
        while (log.segmentCount() == 1) {
            fixture.append(Batches.of(3, 1));
        }
        List<ByteBuffer> before = Batches.read(log);
        ByteBuffer large = Batches.of(300, 2);
        disk.openFails = LogFiles.of(fixture.partitionPath(), log.logEndOffset(), LogFiles.LOG);
        assertThatThrownBy(() -> log.appendAsLeader(large, 0, fixture.nowMs))
                .isInstanceOf(LogOperationException.class)
                .hasMessageContaining("Too many open files");
        assertThat(Batches.read(log)).isEqualTo(before);
        disk.openFails = null;
        fixture.append(large);
        assertThat(Batches.read(fixture.restart())).hasSize(before.size() + 1);
        log = fixture.log();
    }

    /** As readdir does in the middle of a directory. */
    @Test
    void aDirectoryThatCannotBeListedIsAnErrorLikeAnyOther() {
        Stream<Path> failing = Stream.of("a", "b").map(name -> {
            throw new UncheckedIOException(new IOException("Input/output error"));
        });
        assertThatThrownBy(() -> LogFiles.sorted(failing)).isInstanceOf(IOException.class);
    }

    @Test
    void aLogThatCannotBeCreatedLeavesTheNameFree() throws IOException {
        TopicPartition other = new TopicPartition("other", 0);
        disk.openFails = LogFiles.of(fixture.path.resolve("other-0"), 0, LogFiles.TIME_INDEX);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> fixture.directory().create(other, fixture.config, fixture.nowMs))
                    .isInstanceOf(LogOperationException.class);
        }
        disk.openFails = null;
        assertThat(fixture.directory()
                        .create(other, fixture.config, fixture.nowMs)
                        .logEndOffset())
                .isZero();
        fixture.directory().maintain(fixture.nowMs, partition -> 0);
        assertThat(fixture.path.toFile().list((ignored, name) -> name.endsWith("-delete")))
                .isEmpty();
    }

    @Test
    void checkpointsOfAFullDiskStayAndAreWrittenAtTheNextPass() throws IOException {
        fixture.append(Batches.of(3, 1));
        log.flush();
        fixture.directory().checkpoint();
        fixture.directory().writeHighWatermarks(Map.of(LogFixture.PARTITION, 2L));
        fixture.append(Batches.of(3, 1));
        disk.spaceBytes.set(0);
        fixture.directory().checkpoint();
        fixture.directory().writeHighWatermarks(Map.of(LogFixture.PARTITION, 6L));
        assertThat(fixture.directory().readHighWatermarks()).containsEntry(LogFixture.PARTITION, 2L);
        assertThat(fixture.path.toFile().list((ignored, name) -> name.endsWith(LogFiles.TEMPORARY)))
                .isEmpty();
        assertThat(log.appendAsLeader(Batches.of(1, 1), 0, 0))
                .isInstanceOfSatisfying(AppendResult.Refused.class, refused -> assertThat(refused.error())
                        .isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR));
        assertThat(Batches.read(log)).as("reads go on").hasSize(2);
        fixture.directory().maintain(fixture.nowMs, partition -> 0);

        disk.spaceBytes.set(Long.MAX_VALUE / 2);
        fixture.directory().writeHighWatermarks(Map.of(LogFixture.PARTITION, 6L));
        assertThat(fixture.directory().readHighWatermarks()).containsEntry(LogFixture.PARTITION, 6L);
        fixture.append(Batches.of(1, 1));
    }

    @Test
    void aRecreatedLogNeedsTheOffsetsOfTheOldOneGone(@TempDir Path crash) throws IOException {
        fixture.append(Batches.of(50, 1));
        log.deleteRecordsBefore(50);
        fixture.directory().checkpoint();
        fixture.directory().delete(LogFixture.PARTITION, fixture.nowMs);
        disk.spaceBytes.set(0);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> fixture.directory().create(LogFixture.PARTITION, fixture.config, fixture.nowMs))
                    .isInstanceOf(LogOperationException.class)
                    .hasMessageContaining("No space left on device");
        }
        disk.spaceBytes.set(Long.MAX_VALUE / 2);
        fixture.append(Batches.of(3, 1));
        try (LogFixture crashed = fixture.crashedCopy(crash)) {
            assertThat(crashed.openLog().logEndOffset()).isEqualTo(3);
            assertThat(Batches.read(crashed.log())).hasSize(1);
        }
    }

    @Test
    void theOffsetsOfALogThatWasDeletedBeforeACrashDoNotApplyToItsSuccessor(@TempDir Path first, @TempDir Path second)
            throws IOException {
        fixture.append(Batches.of(50, 1));
        log.deleteRecordsBefore(50);
        log.flush();
        fixture.directory().checkpoint();
        fixture.directory().delete(LogFixture.PARTITION, fixture.nowMs);
        try (LogFixture afterDeletion = fixture.crashedCopy(first)) {
            afterDeletion.openLog();
            afterDeletion.append(Batches.of(3, 1));
            try (LogFixture crashed = afterDeletion.crashedCopy(second)) {
                assertThat(crashed.openLog().logEndOffset()).isEqualTo(3);
                assertThat(crashed.log().logStartOffset()).isZero();
            }
        }
    }

    @Test
    void retentionFreesSpaceAlthoughTheRollFails() throws IOException {
        while (log.segmentCount() < 4) {
            fixture.append(Batches.of(3, 1));
        }
        fixture.append(Batches.of(3, 1));
        long activeBase = log.end().segment().baseOffset();
        disk.openFails = LogFiles.of(fixture.partitionPath(), log.logEndOffset(), LogFiles.LOG);
        fixture.nowMs += 8L * 24 * 3_600_000;
        fixture.directory().maintain(fixture.nowMs, partition -> Long.MAX_VALUE);
        assertThat(log.logStartOffset()).isEqualTo(activeBase);
        assertThat(log.segmentCount()).isEqualTo(1);
        disk.openFails = null;
        fixture.directory().maintain(fixture.nowMs, partition -> Long.MAX_VALUE);
        assertThat(log.sizeInBytes()).isZero();
    }

    @Test
    void aRecoveryPointThatCannotBeLoweredOnAFullDiskIsRemoved(@TempDir Path crash) throws IOException {
        for (int i = 0; i < 10; i++) {
            fixture.append(Batches.of(3, i));
        }
        log.flush();
        fixture.directory().checkpoint();
        ByteBuffer replaced = Batches.of(20, 9);
        disk.spaceBytes.set(0);
        log.truncateTo(0, fixture.nowMs);
        disk.spaceBytes.set(Long.MAX_VALUE / 2);
        fixture.append(replaced, 0);
        try (LogFixture crashed = fixture.crashedCopy(crash)) {
            Path segment = crashed.files(LogFiles.LOG).get(0);
            LogFixture.flipBit(segment, Files.size(segment) - 1);
            assertThat(crashed.openLog().logEndOffset())
                    .as("the old recovery point would have trusted the damaged batch")
                    .isZero();
        }
    }

    @Test
    void anIndexThatCannotBeWrittenDoesNotFailTheAppend() throws IOException {
        log.reconfigure(fixture.config.with(new LogConfig.Roll(1 << 20, Long.MAX_VALUE, 10 << 20, 0)));
        for (int i = 0; i <= IndexFile.TAIL_ENTRIES; i++) {
            fixture.append(Batches.of(1, i));
        }
        // The next index entry needs a new tail, so the old one has to be written, for which there is no space.
        int batchBytes = Batches.of(1, 1).remaining();
        disk.spaceBytes.set(batchBytes);
        fixture.append(Batches.of(1, 1));
        SegmentIndexes indexes = log.state().segments().last().indexes();
        for (int i = 0; i < 3; i++) {
            assertThat(indexes.isSuspect()).isTrue();
            assertThat(indexes.isWarned()).isTrue();
            indexes.reset();
            assertThat(indexes.isWarned())
                    .as("a rebuild that begins does not log the problem again")
                    .isTrue();
            indexes.markIncomplete();
            fixture.directory().maintain(fixture.nowMs, partition -> 0);
        }
        disk.spaceBytes.set(Long.MAX_VALUE / 2);
        fixture.directory().maintain(fixture.nowMs, partition -> 0);
        assertThat(indexes.isSuspect()).isFalse();
        assertThat(indexes.isWarned()).isFalse();
        assertThat(Batches.read(fixture.restart())).hasSize(IndexFile.TAIL_ENTRIES + 2);
        log = fixture.log();
    }

    @Test
    void absurdSettingsAreSlowAndNothingWorse() throws IOException {
        for (LogConfig.Roll roll : List.of(
                new LogConfig.Roll(14, Long.MAX_VALUE, 10 << 20, 4096),
                new LogConfig.Roll(1 << 20, 1, 10 << 20, 0),
                new LogConfig.Roll(1 << 20, Long.MAX_VALUE, 12, 0),
                new LogConfig.Roll(Integer.MAX_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE))) {
            log.reconfigure(fixture.config.with(roll).with(new LogConfig.Retention(0, 0)));
            for (int i = 0; i < 20; i++) {
                fixture.nowMs++;
                fixture.append(Batches.of(2, i % 2 == 0 ? Long.MAX_VALUE - 10 : i));
            }
            assertThat(log.offsetForTimestamp(Long.MAX_VALUE)).isEmpty();
            long end = log.logEndOffset();
            try (LogSlice slice = log.read(end - 1, 1, Long.MAX_VALUE, true)) {
                assertThat(slice.isEmpty()).isFalse();
            }
            log = fixture.restart();
            assertThat(log.logEndOffset()).isEqualTo(end);
            fixture.nowMs += 10;
            fixture.directory().maintain(fixture.nowMs, partition -> Long.MAX_VALUE);
        }
    }
}
