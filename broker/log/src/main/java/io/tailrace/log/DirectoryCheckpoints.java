package io.tailrace.log;

import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The checkpoint files of a log directory: recovery points, log start offsets and high watermarks. Thread-safe. */
final class DirectoryCheckpoints {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryCheckpoints.class);

    private static final String RECOVERY_POINTS = "recovery-point-offset-checkpoint";
    private static final String LOG_START_OFFSETS = "log-start-offset-checkpoint";
    private static final String HIGH_WATERMARKS = "replication-offset-checkpoint";

    private final OffsetCheckpoint recoveryPoints;
    private final OffsetCheckpoint logStartOffsets;
    private final OffsetCheckpoint highWatermarks;
    private final Path directory;
    private final DirectoryHealth health;
    private final Supplier<Map<TopicPartition, LogLoader.Checkpoint>> current;
    /** Partitions that have no log although the files may contain them. */
    private final Set<TopicPartition> deleted = ConcurrentHashMap.newKeySet();
    /** Held while a file is written. No lock of a log is taken inside. */
    private final Object lock = new Object();

    private final GroupCommit sharedWrites;

    /**
     * The checkpoint files of a directory.
     *
     * @param health of the directory
     * @param current the offsets of all logs now
     * @param background runs shared writes
     */
    DirectoryCheckpoints(
            Disk disk,
            Path directory,
            DirectoryHealth health,
            Supplier<Map<TopicPartition, LogLoader.Checkpoint>> current,
            Executor background) {
        this.recoveryPoints = new OffsetCheckpoint(disk, directory.resolve(RECOVERY_POINTS));
        this.logStartOffsets = new OffsetCheckpoint(disk, directory.resolve(LOG_START_OFFSETS));
        this.highWatermarks = new OffsetCheckpoint(disk, directory.resolve(HIGH_WATERMARKS));
        this.directory = directory;
        this.health = health;
        this.current = current;
        this.sharedWrites = new GroupCommit(background, offset -> writeOrReport());
    }

    /**
     * The checkpoints that the previous process wrote for these partitions.
     *
     * @param wasCleanlyClosed whether that process closed the directory
     */
    Map<TopicPartition, LogLoader.Checkpoint> read(Set<TopicPartition> partitions, boolean wasCleanlyClosed)
            throws IOException {
        Map<TopicPartition, Long> points = recoveryPoints.read();
        Map<TopicPartition, Long> starts = logStartOffsets.read();
        // Entries of logs that were deleted before the files were written again.
        deleted.addAll(points.keySet());
        deleted.addAll(starts.keySet());
        deleted.removeAll(partitions);
        Map<TopicPartition, LogLoader.Checkpoint> checkpoints = new HashMap<>();
        for (TopicPartition partition : partitions) {
            checkpoints.put(
                    partition,
                    new LogLoader.Checkpoint(
                            wasCleanlyClosed, points.getOrDefault(partition, 0L), starts.getOrDefault(partition, 0L)));
        }
        return checkpoints;
    }

    /** Writes the current recovery points and log start offsets. */
    void write() throws IOException {
        synchronized (lock) {
            List<TopicPartition> covered = List.copyOf(deleted);
            Map<TopicPartition, Long> points = new HashMap<>();
            Map<TopicPartition, Long> starts = new HashMap<>();
            current.get().forEach((partition, checkpoint) -> {
                points.put(partition, checkpoint.recoveryPoint());
                starts.put(partition, checkpoint.logStartOffset());
            });
            recoveryPoints.write(points);
            logStartOffsets.write(starts);
            covered.forEach(deleted::remove);
        }
    }

    /**
     * Writes the files after a recovery point went back. If there is no space for them, recovery points are removed. The next
     * start then scans all logs; with the old file, it would skip data that it has to scan.
     *
     * @throws IOException if the disk fails
     */
    void writeLowered() throws IOException {
        synchronized (lock) {
            try {
                write();
            } catch (IOException e) {
                if (FailureScope.of(e, directory) == FailureScope.DIRECTORY) {
                    throw e;
                }
                LOG.warn("Recovery points not written and removed, the next start scans all logs: {}", e.toString());
                recoveryPoints.delete();
            }
        }
    }

    /** Notes that a partition was deleted, so that its recovery point must not apply to a new log of that name. */
    void deleted(TopicPartition partition) {
        deleted.add(partition);
    }

    /**
     * Makes sure that the files hold nothing of an earlier, deleted log of a partition.
     *
     * @throws IOException if they cannot be written; they may hold its offsets then, so no new log may be created
     */
    void forget(TopicPartition partition) throws IOException {
        if (deleted.contains(partition)) {
            write();
        }
    }

    /** Writes the offsets as they are now, in the background. Calls that arrive during one write share the next. */
    CompletableFuture<Void> writeShared() {
        return sharedWrites.request(0);
    }

    private void writeOrReport() throws IOException {
        health.ensureOnline();
        try {
            write();
        } catch (IOException e) {
            throw health.report(e);
        }
    }

    Map<TopicPartition, Long> readHighWatermarks() throws IOException {
        return highWatermarks.read();
    }

    /** Writes high watermarks. If that fails, the old file stays until the next call. */
    void writeHighWatermarks(Map<TopicPartition, Long> offsets) {
        orKeepOld(() -> {
            synchronized (lock) {
                highWatermarks.write(offsets);
            }
        });
    }

    /** Writes the current recovery points and log start offsets. If that fails, the old files stay until the next call. */
    void tryWrite() {
        orKeepOld(this::write);
    }

    private void orKeepOld(ThrowingRunnable<IOException> write) {
        try {
            write.run();
        } catch (IOException e) {
            String reason = health.report(e).getMessage();
            LOG.warn("Checkpoint not written, next pass tries again: {}", reason);
        }
    }
}
