package io.tailrace.log;

import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory of partitions' logs, as {@code log.dirs} names them: locked for one process, marked as this broker's,
 * recovered at the start, checkpointed, and closed with a marker that spares the next start the recovery.
 *
 * <p>Any thread may call anything. The first failure of the disk takes the directory offline for good: its listener is
 * told once, and everything that touches the disk throws {@link LogDirectoryOfflineException} from then on.
 */
public final class LogDirectory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogDirectory.class);

    private static final String CLEAN_SHUTDOWN = ".kafka_cleanshutdown";
    private static final String RECOVERY_POINTS = "recovery-point-offset-checkpoint";
    private static final String LOG_START_OFFSETS = "log-start-offset-checkpoint";
    private static final String HIGH_WATERMARKS = "replication-offset-checkpoint";

    private final LogDirectoryConfig config;
    private final LogContext context;
    private final DirectoryLock lock;
    private final OffsetCheckpoint recoveryPoints;
    private final OffsetCheckpoint logStartOffsets;
    private final OffsetCheckpoint highWatermarks;
    private final boolean wasCleanlyClosed;
    private boolean isClosed;
    private final Map<TopicPartition, Log> logs = new ConcurrentHashMap<>();
    /** What the checkpoint files may still speak of, though it is gone. */
    private final Set<TopicPartition> deletedSinceCheckpoint = ConcurrentHashMap.newKeySet();
    /** One writer of checkpoint files at a time; no lock of a log is taken inside. */
    private final Object checkpointLock = new Object();

    private LogDirectory(
            LogDirectoryConfig config,
            Disk disk,
            DirectoryLock lock,
            Executor background,
            Consumer<IOException> onOffline) {
        this.config = config;
        this.lock = lock;
        Path path = config.path();
        this.recoveryPoints = new OffsetCheckpoint(disk, path.resolve(RECOVERY_POINTS));
        this.logStartOffsets = new OffsetCheckpoint(disk, path.resolve(LOG_START_OFFSETS));
        this.highWatermarks = new OffsetCheckpoint(disk, path.resolve(HIGH_WATERMARKS));
        this.wasCleanlyClosed = Files.exists(path.resolve(CLEAN_SHUTDOWN));
        this.context = new LogContext(
                config,
                disk,
                new DirectoryHealth(path, onOffline),
                new DiskGuard(disk, path, config.freeBytesMin()),
                new Trash(),
                background,
                this::checkpoint);
    }

    /**
     * Opens a directory and recovers its logs, several at a time.
     *
     * @param configOfTopic the configuration of each topic that is found
     * @param background recovers, syncs and writes snapshots, on threads of its own; must not reject tasks before the
     *     directory is closed, nor interrupt them (no {@code shutdownNow}); not shut down here
     * @param onOffline told once if the disk fails after the start; must not block
     * @param nowMs the time
     * @throws IOException if the directory cannot be read, is in use, or belongs to another broker or cluster
     */
    public static LogDirectory open(
            LogDirectoryConfig config,
            Function<String, LogConfig> configOfTopic,
            Executor background,
            Consumer<IOException> onOffline,
            long nowMs)
            throws IOException {
        return open(config, configOfTopic, background, onOffline, nowMs, Disk.REAL);
    }

    static LogDirectory open(
            LogDirectoryConfig config,
            Function<String, LogConfig> configOfTopic,
            Executor background,
            Consumer<IOException> onOffline,
            long nowMs,
            Disk disk)
            throws IOException {
        Files.createDirectories(config.path());
        DirectoryLock lock = DirectoryLock.acquire(config.path());
        LogDirectory directory = new LogDirectory(config, disk, lock, background, onOffline);
        try {
            MetaProperties.claim(disk, config);
            directory.load(configOfTopic, nowMs);
            return directory;
        } catch (IOException | RuntimeException e) {
            directory.logs.values().forEach(Log::abandon);
            lock.close();
            throw e;
        }
    }

    private void load(Function<String, LogConfig> configOfTopic, long nowMs) throws IOException {
        Map<TopicPartition, Long> points = readOrNone(recoveryPoints);
        Map<TopicPartition, Long> starts = readOrNone(logStartOffsets);
        Map<TopicPartition, Path> found = PartitionDirectories.scan(config.path());
        if (!wasCleanlyClosed && !found.isEmpty()) {
            LOG.info("{} was not closed properly: {} logs are recovered", config.path(), found.size());
        }
        List<Step> loads = new ArrayList<>();
        for (TopicPartition partition : found.keySet()) {
            LogLoader.Past past = new LogLoader.Past(
                    wasCleanlyClosed, points.getOrDefault(partition, 0L), starts.getOrDefault(partition, 0L));
            loads.add(() -> load(partition, configOfTopic.apply(partition.topic()), past, nowMs));
        }
        runAll(loads);
        if (wasCleanlyClosed) {
            Files.delete(config.path().resolve(CLEAN_SHUTDOWN));
            context.disk().syncDirectory(config.path());
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    /** Runs steps on the executor, and waits for all of them; throws the first failure. */
    private void runAll(List<Step> steps) throws IOException {
        List<CompletableFuture<Void>> running = steps.stream()
                .map(step -> CompletableFuture.runAsync(
                        () -> {
                            try {
                                step.run();
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        },
                        context.background()))
                .toList();
        try {
            CompletableFuture.allOf(running.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof UncheckedIOException failed) {
                throw failed.getCause();
            }
            throw e;
        }
    }

    private static Map<TopicPartition, Long> readOrNone(OffsetCheckpoint checkpoint) throws IOException {
        try {
            return checkpoint.read();
        } catch (CorruptLogException e) {
            LOG.warn("{}; it is not used", e.getMessage());
            return Map.of();
        }
    }

    private Log load(TopicPartition partition, LogConfig logConfig, LogLoader.Past past, long nowMs)
            throws IOException {
        Path path = config.path().resolve(partition.toString());
        LogLoader loader = new LogLoader(context, partition, path, logConfig, past, nowMs);
        Log log = new Log(partition, logConfig, context, loader.load());
        logs.put(partition, log);
        return log;
    }

    /** Where the directory is. */
    public Path path() {
        return config.path();
    }

    /** Whether the last process closed the directory, so that nothing had to be recovered. */
    public boolean wasCleanlyClosed() {
        return wasCleanlyClosed;
    }

    /** All logs. */
    public Collection<Log> logs() {
        return Collections.unmodifiableCollection(logs.values());
    }

    /** The log of a partition, if it is in this directory. */
    public Optional<Log> log(TopicPartition partition) {
        return Optional.ofNullable(logs.get(partition));
    }

    /**
     * The log of a partition, made if it is not there.
     *
     * @param logConfig the configuration of a log that is made
     * @throws LogClosedException once the directory is closed
     */
    public Log create(TopicPartition partition, LogConfig logConfig, long nowMs) throws IOException {
        context.health().ensureOnline();
        Log log = logs.get(partition);
        if (log != null) {
            return log;
        }
        synchronized (logs) {
            if (isClosed) {
                throw new LogClosedException(partition);
            }
            try {
                log = logs.get(partition);
                if (log != null) {
                    return log;
                }
                if (deletedSinceCheckpoint.contains(partition)) {
                    // The old log's recovery point must not keep a crash from reading the new one.
                    checkpoint();
                }
                removeLeftover(partition, nowMs);
                return load(partition, logConfig, LogLoader.Past.NONE, nowMs);
            } catch (IOException e) {
                throw context.health().report(e);
            }
        }
    }

    /** Moves away what an earlier creation or deletion left half done, so that a new log starts empty. */
    private void removeLeftover(TopicPartition partition, long nowMs) throws IOException {
        Path path = config.path().resolve(partition.toString());
        if (Files.exists(path)) {
            context.trash().add(List.of(PartitionDirectories.markDeleted(path, partition)), nowMs);
        }
    }

    /**
     * Whether a partition's log was written for the topic with this id, and not for an earlier one of the same name. A
     * log that names no topic is marked as this one's.
     *
     * @param partition one that has a log here
     */
    public boolean claim(TopicPartition partition, UUID topicId) throws IOException {
        context.health().ensureOnline();
        try {
            return PartitionMetadata.claim(context.disk(), config.path().resolve(partition.toString()), topicId);
        } catch (IOException e) {
            throw context.health().report(e);
        }
    }

    /** Deletes the log of a partition: out of sight at once, its files after {@code file.delete.delay.ms}. */
    public void delete(TopicPartition partition, long nowMs) throws IOException {
        context.health().ensureOnline();
        synchronized (logs) {
            if (isClosed) {
                throw new LogClosedException(partition);
            }
            Log log = logs.remove(partition);
            if (log == null) {
                return;
            }
            log.abandon();
            try {
                deletedSinceCheckpoint.add(partition);
                Path renamed = PartitionDirectories.markDeleted(config.path().resolve(partition.toString()), partition);
                context.trash().add(List.of(renamed), nowMs + log.config().fileDeleteDelayMs());
                context.disk().syncDirectory(config.path());
            } catch (IOException e) {
                throw context.health().report(e);
            }
        }
    }

    /** The high watermarks as they were last written; none if the file is not there or cannot be used. */
    public Map<TopicPartition, Long> readHighWatermarks() throws IOException {
        return readOrNone(highWatermarks);
    }

    /** Writes the high watermarks of this directory's partitions, for the next start. */
    public void writeHighWatermarks(Map<TopicPartition, Long> offsets) throws IOException {
        context.health().ensureOnline();
        try {
            synchronized (checkpointLock) {
                highWatermarks.write(offsets);
            }
        } catch (IOException e) {
            checkpointFailed(e);
            context.health().ensureOnline();
        }
    }

    /**
     * One pass of what time brings: roll by age, retention, {@code flush.ms}, expiry of producers, rebuilding of
     * indexes that were caught out, removal of deleted files. To be called every second or so; it does not wait for
     * syncs. A failing disk takes the directory offline and ends the pass.
     *
     * @param deletableBefore each partition's high watermark: records at or above are not deleted
     */
    public void maintain(long nowMs, ToLongFunction<TopicPartition> deletableBefore) {
        if (isOffline()) {
            return;
        }
        for (Log log : logs.values()) {
            try {
                log.maintain(nowMs, deletableBefore.applyAsLong(log.partition()));
            } catch (IOException e) {
                LOG.warn("Maintenance of a log failed, next pass tries again: {}: {}", log.partition(), e.getMessage());
            }
        }
        context.trash().empty(nowMs);
    }

    /** Writes recovery points and log start offsets, for the next start. To be called every minute or so. */
    public void checkpoint() {
        if (isOffline()) {
            return;
        }
        Map<TopicPartition, Long> points = new HashMap<>();
        Map<TopicPartition, Long> starts = new HashMap<>();
        try {
            synchronized (checkpointLock) {
                List<TopicPartition> forgotten = List.copyOf(deletedSinceCheckpoint);
                for (Log log : logs.values()) {
                    points.put(log.partition(), log.recoveryPoint());
                    starts.put(log.partition(), log.logStartOffset());
                }
                recoveryPoints.write(points);
                logStartOffsets.write(starts);
                forgotten.forEach(deletedSinceCheckpoint::remove);
            }
        } catch (IOException e) {
            checkpointFailed(e);
        }
    }

    /** The file stays as it was, which costs the next start a longer recovery; the next pass writes it again. */
    private void checkpointFailed(IOException e) {
        LOG.warn(
                "Checkpoint not written, next pass tries again: {}",
                context.health().report(e).getMessage());
    }

    /** Whether the disk has failed. */
    public boolean isOffline() {
        return context.health().isOffline();
    }

    /** Lets go of the files as they are, those of a directory that is offline. Idempotent. */
    public void abandon() throws IOException {
        synchronized (logs) {
            if (!isClosed) {
                isClosed = true;
                logs.values().forEach(Log::abandon);
                lock.close();
            }
        }
    }

    private void closeLogs() throws IOException {
        runAll(logs.values().stream().<Step>map(log -> log::close).toList());
    }

    /** Flushes and closes every log, writes checkpoints, and then the marker of a clean shutdown. Idempotent. */
    @Override
    public void close() throws IOException {
        synchronized (logs) {
            if (isClosed) {
                return;
            }
            isClosed = true;
            try {
                context.health().ensureOnline();
                closeLogs();
                checkpoint();
                context.trash().emptyAll();
                context.health().ensureOnline();
                CheckpointFile.replace(context.disk(), config.path().resolve(CLEAN_SHUTDOWN), ByteBuffer.allocate(0));
            } catch (IOException e) {
                LOG.error("{} could not be closed properly and will be recovered at the next start", config.path(), e);
                throw e;
            } finally {
                logs.values().forEach(Log::abandon);
                lock.close();
            }
        }
    }
}
