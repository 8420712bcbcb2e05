package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Shared and failing syncs, full disks, short writes. */
@Timeout(120)
class LogFaultsTest {
    private static final LogConfig ACK_WAITS =
            LogFixture.SMALL_SEGMENTS.with(new LogConfig.Flush(LogConfig.UNLIMITED, LogConfig.UNLIMITED, true));

    private final FaultyDisk disk = new FaultyDisk();
    private LogFixture fixture = new LogFixture(Path.of("unset"), LogFixture.SMALL_SEGMENTS);

    @BeforeEach
    void open(@TempDir Path directory) throws IOException {
        fixture = new LogFixture(directory, LogFixture.SMALL_SEGMENTS);
        fixture.disk = disk;
        fixture.openLog();
    }

    private static void expectStorageError(AppendResult result) {
        assertThat(result).isInstanceOfSatisfying(AppendResult.Refused.class, refused -> assertThat(refused.error())
                .isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR));
    }

    @Test
    void withoutFlushOnAckNoSyncIsAwaited() throws IOException {
        fixture.append(Batches.of(1, 1));
        int syncs = disk.syncs.get();
        assertThat(fixture.log().durable(1)).isCompleted();
        assertThat(disk.syncs.get()).isEqualTo(syncs);
        assertThat(fixture.log().recoveryPoint()).isZero();
        fixture.close();
    }

    @Test
    void oneSyncServesAllWaiters() throws Exception {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        fixture.stop();
        fixture.executor = executor;
        fixture.config = ACK_WAITS;
        Log log = fixture.openLog();
        log.flush();
        CountDownLatch gate = new CountDownLatch(1);
        disk.gate = gate;
        List<CompletableFuture<Void>> acks = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            fixture.append(Batches.of(1, i));
            acks.add(log.durable(log.logEndOffset()));
        }
        assertThat(acks).noneMatch(CompletableFuture::isDone);
        int syncs = disk.syncs.get();
        gate.countDown();
        for (CompletableFuture<Void> ack : acks) {
            ack.get(60, TimeUnit.SECONDS);
        }
        assertThat(disk.syncs.get() - syncs)
                .as("two rounds: log, directory or epochs")
                .isLessThanOrEqualTo(8);
        assertThat(log.recoveryPoint()).isEqualTo(20);
        assertThat(log.durable(20)).isCompleted();
        fixture.stop();
        executor.shutdown();
    }

    @Test
    void failedSyncTakesTheDirectoryOfflineUntilTheNextStart() throws IOException {
        Log log = fixture.log();
        log.reconfigure(ACK_WAITS);
        fixture.append(Batches.of(1, 1));
        disk.forceFails = true;
        int syncs = disk.syncs.get();
        assertThat(log.durable(1)).isCompletedExceptionally();
        assertThat(fixture.failures)
                .singleElement()
                .extracting(Throwable::getMessage)
                .asString()
                .contains("Input/output error");
        assertThat(fixture.directory().isOffline()).isTrue();

        disk.forceFails = false;
        assertThat(log.durable(1)).as("never retried").isCompletedExceptionally();
        assertThatThrownBy(log::flush).isInstanceOf(LogDirectoryOfflineException.class);
        assertThat(disk.syncs.get()).isEqualTo(syncs + 1);
        assertThatThrownBy(() -> log.appendAsLeader(Batches.of(1, 1), 0, 0))
                .isInstanceOf(LogDirectoryOfflineException.class)
                .hasMessageContaining("Input/output error");
        assertThatThrownBy(() -> log.read(0, 1, 1, true)).isInstanceOf(LogDirectoryOfflineException.class);
        fixture.directory().maintain(fixture.nowMs, partition -> 0);
        fixture.directory().checkpoint();
        assertThatThrownBy(() -> fixture.directory().close()).isInstanceOf(LogDirectoryOfflineException.class);
        assertThat(fixture.path.resolve(".kafka_cleanshutdown")).doesNotExist();
        assertThat(fixture.failures).as("notified once").hasSize(1);

        assertThat(fixture.openLog().logEndOffset())
                .as("the next start recovers")
                .isEqualTo(1);
        fixture.close();
    }

    @Test
    void failedReadTakesTheDirectoryOfflineAndACorruptBatchDoesNot() throws IOException {
        Log log = fixture.log();
        for (int i = 0; i < 100; i++) {
            fixture.append(Batches.of(3, i));
        }
        LogFixture.flipBit(fixture.files(LogFiles.LOG).get(0), 16);
        assertThatThrownBy(() -> log.read(1, 1, 300, true))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("magic: expected 2, found 18");
        assertThat(fixture.directory().isOffline()).isFalse();
        disk.readFails = true;
        assertThatThrownBy(() -> log.read(100, 1, 300, true)).isInstanceOf(LogDirectoryOfflineException.class);
        assertThat(fixture.failures).hasSize(1);
        disk.readFails = false;
        assertThatThrownBy(() -> fixture.directory().close()).isInstanceOf(LogDirectoryOfflineException.class);
    }

    @Test
    void anIndexedCorruptBatchConcernsOnlyItsReaders() throws IOException {
        Log log = fixture.log();
        for (int i = 0; i < 100; i++) {
            fixture.append(Batches.of(3, i));
        }
        Segment first = log.state().segments().first();
        OffsetIndex.Entry indexed =
                Objects.requireNonNull(first.indexes().offsetIndex().last());
        LogFixture.flipBit(first.file(), indexed.position() + 16);
        assertThatThrownBy(() -> log.read(indexed.lastOffset(), 1, 300, true)).isInstanceOf(CorruptLogException.class);
        assertThat(first.indexes().isSuspect()).isTrue();
        fixture.directory().maintain(fixture.nowMs, partition -> 0);
        assertThat(fixture.directory().isOffline()).isFalse();
        assertThat(first.indexes().isSuspect()).isFalse();
        log.read(indexed.lastOffset() - 3, 1, 300, true).close();
        assertThatThrownBy(() -> log.read(indexed.lastOffset(), 1, 300, true)).isInstanceOf(CorruptLogException.class);
        fixture.directory().close();
    }

    @Test
    void flushesBySizeAndByAge() throws IOException {
        Log log = fixture.log();
        log.reconfigure(fixture.config.with(new LogConfig.Flush(10, LogConfig.UNLIMITED, false)));
        for (int i = 0; i < 9; i++) {
            fixture.append(Batches.of(1, i));
        }
        assertThat(log.recoveryPoint()).isZero();
        fixture.append(Batches.of(1, 9));
        assertThat(log.recoveryPoint()).isEqualTo(10);

        log.reconfigure(fixture.config.with(new LogConfig.Flush(LogConfig.UNLIMITED, 1_000, false)));
        fixture.directory().maintain(fixture.nowMs, partition -> 0);
        fixture.append(Batches.of(1, 9));
        fixture.nowMs += 999;
        fixture.directory().maintain(fixture.nowMs, partition -> 0);
        assertThat(log.recoveryPoint()).isEqualTo(10);
        fixture.nowMs += 1;
        fixture.directory().maintain(fixture.nowMs, partition -> 0);
        assertThat(log.recoveryPoint()).isEqualTo(11);
        fixture.close();
    }

    @Test
    void rollRaisesTheRecoveryPoint() throws IOException {
        for (int i = 0; i < 100; i++) {
            fixture.append(Batches.of(3, i));
        }
        Log log = fixture.log();
        assertThat(log.segmentCount()).isGreaterThan(2);
        assertThat(log.recoveryPoint()).isEqualTo(log.end().segment().baseOffset());
        fixture.close();
    }

    @Test
    void shortWritesAreCompleted() throws IOException {
        disk.writeBytesMax = 7;
        for (int i = 0; i < 30; i++) {
            fixture.append(Batches.of(3, i));
        }
        assertThat(Batches.read(fixture.log())).hasSize(30);
        List<ByteBuffer> before = Batches.read(fixture.log());
        assertThat(Batches.read(fixture.restart())).isEqualTo(before);
        fixture.close();
    }

    @Test
    void appendsAreRefusedBeforeTheDiskIsFullAndReadsGoOn() throws IOException {
        fixture.stop();
        fixture.freeBytesMin = 100_000;
        Log log = fixture.openLog();
        disk.spaceBytes.set(100_000 + 5_000);
        int appended = 0;
        AppendResult result = log.appendAsLeader(Batches.of(3, 1), 0, 0);
        while (result instanceof AppendResult.Appended) {
            appended++;
            result = log.appendAsLeader(Batches.of(3, 1), 0, 0);
        }
        expectStorageError(result);
        assertThat(appended).isPositive();
        assertThat(disk.spaceBytes.get()).isBetween(100_000L, 100_200L);
        assertThat(Batches.read(log)).hasSize(appended);
        assertThat(fixture.directory().isOffline()).isFalse();
        expectStorageError(log.appendAsLeader(Batches.of(3, 1), 0, 0));
        disk.spaceBytes.set(200_000);
        assertThat(log.appendAsLeader(Batches.of(3, 1), 0, 0)).isInstanceOf(AppendResult.Appended.class);
        fixture.close();
    }

    @Test
    void aBatchThatFillsTheDiskIsRemoved() throws IOException {
        Log log = fixture.log();
        fixture.append(Batches.of(3, 1));
        long bytes = log.sizeInBytes();
        for (int space = 0; space < bytes; space += 10) {
            disk.usableBytes = Long.MAX_VALUE / 2;
            fixture.append(Batches.of(1, 1));
            long before = log.sizeInBytes();
            disk.spaceBytes.set(space);
            expectStorageError(log.appendAsLeader(Batches.of(3, 2), 0, 0));
            Path segment = log.end().segment().file();
            assertThat(Files.size(segment)).isEqualTo(log.end().position());
            assertThat(log.sizeInBytes()).isEqualTo(before);
            disk.spaceBytes.set(Long.MAX_VALUE / 2);
        }
        assertThat(fixture.directory().isOffline()).isFalse();
        fixture.append(Batches.of(1, 1));
        List<ByteBuffer> expected = Batches.read(log);
        assertThat(Batches.read(fixture.restart())).isEqualTo(expected);
        fixture.close();
    }

    @Test
    void aFailingDiskIsNotTakenForAFullOne() throws IOException {
        fixture.append(Batches.of(3, 1));
        disk.usableBytes = 0;
        disk.writeFails = true;
        assertThatThrownBy(() -> fixture.append(Batches.of(3, 1))).isInstanceOf(LogDirectoryOfflineException.class);
        assertThat(fixture.failures).hasSize(1);
        fixture.directory().abandon();
    }

    @Test
    void checkpointsThatATruncationCannotWriteTakeAFailingDiskOffline() throws IOException {
        Log log = fixture.log();
        fixture.append(Batches.of(3, 1));
        fixture.append(Batches.of(3, 1));
        log.flush();
        fixture.directory().checkpoint();
        disk.writeFails = true;
        assertThatThrownBy(() -> log.truncateTo(3, 0)).isInstanceOf(LogDirectoryOfflineException.class);
        assertThat(fixture.path.resolve("recovery-point-offset-checkpoint")).exists();
        assertThat(Files.size(fixture.files(LogFiles.LOG).get(0)))
                .as("nothing is cut before the recovery point is lowered")
                .isEqualTo(2L * Batches.of(3, 1).remaining());
        fixture.directory().abandon();
    }

    @Test
    void epochsThatATruncationCannotWriteTakeAFailingDiskOffline() throws IOException {
        fixture.append(Batches.of(3, 1), 1);
        fixture.log().flush();
        fixture.log().beginEpoch(2);
        fixture.log().beginEpoch(3);
        fixture.log().flusher().exclusively(() -> fixture.log().writeEpochs());
        disk.writeFails = true;
        assertThatThrownBy(() -> fixture.log().truncateTo(3, 0)).isInstanceOf(LogDirectoryOfflineException.class);
        fixture.directory().abandon();
    }

    @Test
    void recoveryNeedsNoSpace(@TempDir Path crashed) throws IOException {
        for (int i = 0; i < 50; i++) {
            fixture.append(Batches.of(3, i));
        }
        List<ByteBuffer> expected = Batches.read(fixture.log());
        try (LogFixture copy = fixture.crashedCopy(crashed)) {
            FaultyDisk full = new FaultyDisk();
            copy.disk = full;
            full.spaceBytes.set(0);
            full.usableBytes = 0;
            Log log = copy.openLog();
            assertThat(Batches.read(log)).isEqualTo(expected);
            expectStorageError(log.appendAsLeader(Batches.of(1, 1), 0, 0));
            full.spaceBytes.set(Long.MAX_VALUE / 2);
        }
        fixture.close();
    }

    @Test
    void aStoredLogStartSurvivesACrash(@TempDir Path scratch) throws IOException {
        fixture.append(Batches.of(10, 1));
        fixture.log().deleteRecordsBefore(7);
        assertThat(fixture.log().storeLogStart()).isCompleted();
        try (LogFixture crashed = fixture.crashedCopy(scratch.resolve("crashed"))) {
            assertThat(crashed.openLog().logStartOffset()).isEqualTo(7);
        }
        fixture.close();
    }

    @Test
    void logStartsThatAreStoredTogetherShareOneWrite() throws IOException {
        List<Runnable> tasks = new ArrayList<>();
        AtomicBoolean isOpen = new AtomicBoolean();
        fixture.stop();
        fixture.executor = task -> {
            if (isOpen.get()) {
                tasks.add(task);
            } else {
                task.run();
            }
        };
        Log log = fixture.openLog();
        fixture.append(Batches.of(10, 1));
        isOpen.set(true);
        log.deleteRecordsBefore(3);
        CompletableFuture<Void> first = log.storeLogStart();
        log.deleteRecordsBefore(4);
        CompletableFuture<Void> second = log.storeLogStart();
        CompletableFuture<Void> third = log.storeLogStart();
        assertThat(tasks).hasSize(1);
        tasks.remove(0).run();
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        assertThat(third).isCompleted();
        assertThat(tasks).isEmpty();
        fixture.directory().abandon();
    }

    @Test
    void aLogStartThatFindsNoSpaceIsStoredByALaterAttempt() throws IOException {
        fixture.append(Batches.of(10, 1));
        fixture.log().deleteRecordsBefore(7);
        disk.spaceBytes.set(0);
        assertThat(fixture.log().storeLogStart())
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(LogOperationException.class);
        assertThat(fixture.failures).isEmpty();
        disk.spaceBytes.set(1 << 20);
        assertThat(fixture.log().storeLogStart()).isCompleted();
        fixture.close();
    }

    @Test
    void deletingRecordsDoesNotWaitForASync() throws Exception {
        fixture.append(Batches.of(10, 1));
        CountDownLatch gate = new CountDownLatch(1);
        disk.gate = gate;
        ExecutorService others = Executors.newFixedThreadPool(2);
        Future<Object> flush = others.submit(() -> {
            fixture.log().flush();
            return "flushed";
        });
        assertThat(disk.atGate.await(60, TimeUnit.SECONDS)).isTrue();
        Future<Object> deletion = others.submit(() -> {
            fixture.log().deleteRecordsBefore(7);
            return "deleted";
        });
        assertThat(deletion.get(60, TimeUnit.SECONDS)).isEqualTo("deleted");
        assertThat(flush).isNotDone();
        gate.countDown();
        assertThat(flush.get()).isEqualTo("flushed");
        disk.gate = null;
        others.shutdown();
        fixture.close();
    }
}
