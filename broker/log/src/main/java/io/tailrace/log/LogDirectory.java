package io.tailrace.log;

import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory of partitions' logs, one of {@code log.dirs}. It is locked for one process, marked as this broker's, recovered at
 * start, checkpointed, and closed with the clean-shutdown marker.
 *
 * <p>Thread-safe. The first failure of the disk takes the directory offline until the process restarts: the listener is notified
 * once, and every method that uses the disk throws {@link LogDirectoryOfflineException}. An operation that fails for another
 * reason throws {@link LogOperationException} and changes nothing else ({@code docs/adr/0080}).
 */
public final class LogDirectory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogDirectory.class);

    private final LogDirectoryConfig config;
    private final LogContext context;
    private final DirectoryCheckpoints checkpoints;
    private final CleanShutdownMarker marker;
    private final DirectoryLogs logs;
    /** Null while opening, and if the directory could not be locked. Guarded by this object's monitor after opening. */
    private @Nullable DirectoryLock lock;

    private boolean wasCleanlyClosed;

    private LogDirectory(LogDirectoryConfig config, Disk disk, Executor background) {
        this.config = config;
        Path path = config.path();
        DirectoryHealth health = new DirectoryHealth(path);
        this.checkpoints = new DirectoryCheckpoints(disk, path, health, this::currentCheckpoints, background);
        this.marker = new CleanShutdownMarker(disk, path);
        this.context = new LogContext(
                config,
                disk,
                health,
                new DiskGuard(disk, path, config.freeBytesMin()),
                new Trash(),
                background,
                checkpoints,
                new LongAdder());
        this.logs = new DirectoryLogs(context);
    }

    /**
     * Opens a directory and loads its logs, several at a time. A log that cannot be loaded does not stop the others; see
     * {@link #unopenedLogs}. A directory that cannot be used (not a directory, unreadable, a failing disk, a damaged
     * {@code meta.properties}) is returned {@linkplain #isOffline offline} and without logs.
     *
     * @param configOfTopic the configuration of each topic in the directory
     * @param background recovers, syncs and writes snapshots, on its own threads. It must not reject tasks before the directory
     *     is closed, nor interrupt them (no {@code shutdownNow}). It is not shut down here.
     * @param onOffline called once if the disk fails after this method has returned; must not block
     * @param nowMs the time
     * @throws IOException if the directory is in use or belongs to another broker or cluster
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
        LogDirectory directory = new LogDirectory(config, disk, background);
        try {
            directory.load(configOfTopic, nowMs);
        } catch (WrongDirectoryException | RuntimeException e) {
            directory.abandon();
            throw e;
        } catch (IOException e) {
            IOException unused = directory.context.health().takeOffline(e);
            directory.wasCleanlyClosed = false;
        }
        directory.context.health().listen(onOffline);
        return directory;
    }

    private void load(Function<String, LogConfig> configOfTopic, long nowMs) throws IOException {
        Files.createDirectories(config.path());
        lock = DirectoryLock.acquire(config.path());
        MetaProperties.claim(context.disk(), config);
        boolean hasMarker = marker.exists();
        Map<TopicPartition, Path> found = PartitionDirectories.scan(config.path());
        Map<TopicPartition, UnopenedLog> unopened = new HashMap<>();
        logs.futures()
                .removeCopiesFrom(found)
                .forEach((partition, cause) ->
                        unopened.put(partition, new UnopenedLog(LogLoader.Checkpoint.NONE, cause)));
        if (!hasMarker && !found.isEmpty()) {
            LOG.info("Log directory was not closed cleanly, recovering {} logs: {}", found.size(), config.path());
        }
        DirectoryLoader loader = new DirectoryLoader(context);
        try {
            loader.loadAll(checkpoints.read(found.keySet(), hasMarker), configOfTopic, nowMs);
        } catch (IOException | RuntimeException e) {
            loader.logs().values().forEach(Log::abandon);
            throw e;
        }
        unopened.putAll(loader.unopened());
        logs.add(loader.logs(), unopened);
        wasCleanlyClosed = hasMarker && unopened.isEmpty();
        marker.remove();
    }

    /** The path of the directory. */
    public Path path() {
        return config.path();
    }

    /**
     * Whether nothing written before can have been lost: the previous process closed the directory, and every log was loaded.
     */
    public boolean wasCleanlyClosed() {
        return wasCleanlyClosed;
    }

    /** All open logs. */
    public Collection<Log> logs() {
        return logs.all();
    }

    /** The open log of a partition. */
    public Optional<Log> log(TopicPartition partition) {
        return logs.find(partition);
    }

    /**
     * The logs that could not be loaded, with the reason; their files are left as they are. {@link CorruptLogException}
     * means damage and names file and byte. Any other reason, such as too many open files, may pass. A partition leaves
     * this map when {@link #create}, {@link #setAside} or {@link #delete} succeeds for it.
     */
    public Map<TopicPartition, IOException> unopenedLogs() {
        return logs.unopened();
    }

    /**
     * The log of a partition, created if it does not exist. If it exists but could not be loaded, loading is tried again.
     *
     * @throws LogClosedException if the directory is closed
     * @throws CorruptLogException if the log exists but is damaged; see {@link #setAside}
     */
    public Log create(TopicPartition partition, LogConfig logConfig, long nowMs) throws IOException {
        return logs.create(partition, logConfig, nowMs);
    }

    /**
     * Sets a damaged log aside, so that {@link #create} creates an empty one. The files stay in the directory under another
     * name, for an operator; at most ten such logs are kept, and the oldest are deleted first. Call it only if another replica
     * has the records.
     *
     * @throws IllegalStateException if the partition is not damaged
     */
    public void setAside(TopicPartition partition, long nowMs) throws IOException {
        logs.setAside(partition, nowMs);
    }

    /**
     * Whether a partition's log was written for the topic with this id, and not for an earlier topic of the same name. A log
     * without a topic id gets this one.
     *
     * @param partition one that has a log here, open or not
     */
    public boolean claim(TopicPartition partition, UUID topicId) throws IOException {
        context.health().ensureOnline();
        try {
            return PartitionMetadata.claim(context.disk(), context.directoryOf(partition), topicId);
        } catch (IOException e) {
            throw context.health().report(e);
        }
    }

    /**
     * Deletes the log of a partition, open or not. It disappears at once; its files are removed after
     * {@code file.delete.delay.ms}.
     */
    public void delete(TopicPartition partition, long nowMs) throws IOException {
        logs.delete(partition, null, nowMs);
    }

    /** Like {@link #delete(TopicPartition, long)}, but does nothing unless this is the partition's log here. */
    void delete(Log log, long nowMs) throws IOException {
        logs.delete(log.partition(), log, nowMs);
    }

    /** The copies here of logs that are moving to this directory. */
    public FutureLogs futures() {
        return logs.futures();
    }

    /** The high watermarks as last written; empty if the file is missing or damaged, or the directory offline. */
    public Map<TopicPartition, Long> readHighWatermarks() throws IOException {
        return isOffline() ? Map.of() : checkpoints.readHighWatermarks();
    }

    /** Writes the high watermarks of this directory's partitions for the next start. Without space, the next call tries again. */
    public void writeHighWatermarks(Map<TopicPartition, Long> offsets) throws IOException {
        context.health().ensureOnline();
        checkpoints.writeHighWatermarks(offsets);
    }

    /**
     * Runs the maintenance that is due: rolls by age, retention, {@code flush.ms}, expiry of producers, rebuilding of damaged
     * indexes, removal of deleted files. Call it every second or so. It does not wait for syncs.
     *
     * @param deletableBefore each partition's high watermark: records at or above are not deleted
     */
    public void maintain(long nowMs, ToLongFunction<TopicPartition> deletableBefore) {
        for (Log log : logs.all()) {
            if (isOffline()) {
                return;
            }
            try {
                log.maintain(nowMs, deletableBefore.applyAsLong(log.partition()));
            } catch (IOException e) {
                LOG.warn("Log maintenance failed, next pass tries again: {}: {}", log.partition(), e.getMessage());
            }
        }
        context.trash().empty(nowMs);
    }

    /** Writes recovery points and log start offsets for the next start. Call it every minute or so. */
    public void checkpoint() {
        if (!isOffline()) {
            checkpoints.tryWrite();
        }
    }

    private Map<TopicPartition, LogLoader.Checkpoint> currentCheckpoints() {
        return logs.checkpoints();
    }

    /** How often damage was met since the start: by recovery, and by readers of the open logs. */
    public long damageCount() {
        return context.damageAtStart().sum()
                + logs.all().stream().mapToLong(Log::damageCount).sum();
    }

    /**
     * How far the logs of the directory with {@code cleanup.policy=compact} are behind.
     *
     * @param limitOffset each partition's high watermark: records at or above cannot be compacted
     */
    public CompactionBacklog compactionBacklog(long nowMs, ToLongFunction<TopicPartition> limitOffset) {
        return CompactionBacklog.of(logs.all(), nowMs, limitOffset);
    }

    /** Whether the disk has failed. */
    public boolean isOffline() {
        return context.health().isOffline();
    }

    /** Closes all files without writing anything, as for a directory that is offline. Idempotent. */
    public synchronized void abandon() throws IOException {
        boolean unused = logs.end();
        logs.all().forEach(Log::abandon);
        unlock();
    }

    private void unlock() throws IOException {
        DirectoryLock held = lock;
        lock = null;
        if (held != null) {
            held.close();
        }
    }

    /**
     * Flushes and closes every log, writes checkpoints and, unless a log is unopened, the clean-shutdown marker. Idempotent.
     */
    @Override
    public synchronized void close() throws IOException {
        if (!logs.end()) {
            return;
        }
        try {
            context.health().ensureOnline();
            ParallelTasks.runAll(
                    context.background(),
                    logs.all().stream()
                            .<ThrowingRunnable<IOException>>map(log -> log::close)
                            .toList());
            checkpoints.write();
            context.trash().emptyAll();
            if (logs.unopened().isEmpty()) {
                marker.write();
            }
        } catch (IOException e) {
            LOG.error("Log directory not closed cleanly, the next start recovers it: {}", config.path(), e);
            throw e;
        } finally {
            logs.all().forEach(Log::abandon);
            unlock();
        }
    }
}
