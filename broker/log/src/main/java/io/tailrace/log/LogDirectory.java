package io.tailrace.log;

import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory of partitions' logs, one of {@code log.dirs}. It is locked for one process, marked as this broker's,
 * recovered at start, checkpointed, and closed with a marker that saves the next start the recovery.
 *
 * <p>Thread-safe. The first failure of the disk takes the directory offline until the process restarts: the listener is
 * notified once, and every method that uses the disk throws {@link LogDirectoryOfflineException}. An operation that fails
 * for another reason throws {@link LogOperationException} and changes nothing else ({@code docs/adr/0080}).
 */
public final class LogDirectory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogDirectory.class);

    private final LogDirectoryConfig config;
    private final LogContext context;
    private final DirectoryCheckpoints checkpoints;
    private final CleanShutdownMarker marker;
    private final Map<TopicPartition, Log> logs = new ConcurrentHashMap<>();
    /** Disjoint from {@link #logs}, except for the moment in which a log moves over. */
    private final Map<TopicPartition, UnopenedLog> unopened = new ConcurrentHashMap<>();

    private final FutureLogs futures;
    /** Held while logs are created, deleted or closed. */
    private final Object changes = new Object();
    /** Null while opening, and if the directory could not be locked. Guarded by {@link #changes} after opening. */
    private @Nullable DirectoryLock lock;

    private boolean wasCleanlyClosed;
    /** Guarded by {@link #changes}. */
    private boolean isClosed;

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
        this.futures = new FutureLogs(context, logs, changes);
    }

    /**
     * Opens a directory and loads its logs, several at a time and each on its own; see {@link #unopenedLogs}. A directory
     * that cannot be used (not a directory, unreadable, a failing disk, a damaged {@code meta.properties}) is returned
     * {@linkplain #isOffline offline} and without logs.
     *
     * @param configOfTopic the configuration of each topic in the directory
     * @param background recovers, syncs and writes snapshots, on its own threads. It must not reject tasks before the
     *     directory is closed, nor interrupt them (no {@code shutdownNow}). It is not shut down here.
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
        futures.takeFrom(found)
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
        logs.putAll(loader.logs());
        unopened.putAll(loader.unopened());
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
        return Collections.unmodifiableCollection(logs.values());
    }

    /** The open log of a partition. */
    public Optional<Log> log(TopicPartition partition) {
        return Optional.ofNullable(logs.get(partition));
    }

    /**
     * The logs that could not be loaded, with the reason; their files are left as they are. {@link CorruptLogException}
     * means damage and names file and byte. Any other reason, such as too many open files, may pass. A partition leaves
     * this map when {@link #create}, {@link #replaceDamaged} or {@link #delete} succeeds for it.
     */
    public Map<TopicPartition, IOException> unopenedLogs() {
        return unopened.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, log -> log.getValue()
                .cause()));
    }

    /**
     * The log of a partition, created if it does not exist. If it exists but could not be loaded, loading is tried again.
     *
     * @throws LogClosedException if the directory is closed
     * @throws CorruptLogException if the log exists but is damaged; see {@link #replaceDamaged}
     */
    public Log create(TopicPartition partition, LogConfig logConfig, long nowMs) throws IOException {
        context.health().ensureOnline();
        Log open = logs.get(partition);
        if (open != null) {
            return open;
        }
        synchronized (changes) {
            ensureOpen(partition);
            open = logs.get(partition);
            if (open != null) {
                return open;
            }
            UnopenedLog failed = unopened.get(partition);
            try {
                if (failed == null) {
                    return createEmpty(partition, logConfig, nowMs);
                }
                Log log = DirectoryLoader.load(context, partition, logConfig, failed.checkpoint(), nowMs);
                logs.put(partition, log);
                unopened.remove(partition);
                return log;
            } catch (IOException e) {
                IOException cause = context.health().report(e);
                // The latest reason counts: only a log that is known to be damaged can be replaced.
                unopened.computeIfPresent(partition, (same, log) -> new UnopenedLog(log.checkpoint(), cause));
                throw cause;
            }
        }
    }

    private Log createEmpty(TopicPartition partition, LogConfig logConfig, long nowMs) throws IOException {
        checkpoints.forget(partition);
        futures.discard(partition, nowMs);
        Path path = context.directoryOf(partition);
        if (Files.exists(path)) {
            // Left half done by a creation or deletion that failed. A new log starts empty.
            context.trash().add(List.of(PartitionDirectories.markDeleted(path, partition)), nowMs);
        }
        Log log = DirectoryLoader.load(context, partition, logConfig, LogLoader.Checkpoint.NONE, nowMs);
        logs.put(partition, log);
        return log;
    }

    /**
     * Sets a damaged log aside and creates an empty one. The files stay in the directory under another name, for an
     * operator; at most ten such logs are kept, and the oldest are deleted first. Call it only if
     * another replica has the records.
     *
     * @throws IllegalStateException if the partition is not damaged
     */
    public Log replaceDamaged(TopicPartition partition, LogConfig logConfig, long nowMs) throws IOException {
        context.health().ensureOnline();
        synchronized (changes) {
            ensureOpen(partition);
            UnopenedLog damaged = unopened.get(partition);
            if (damaged == null || !damaged.isDamaged()) {
                throw new IllegalStateException("expected a damaged log of " + partition + ", found " + damaged);
            }
            try {
                Path kept = PartitionDirectories.markDamaged(context.directoryOf(partition), partition, nowMs);
                LOG.warn(
                        "Damaged log set aside as {}: {}", kept, damaged.cause().getMessage());
                unopened.remove(partition);
                checkpoints.deleted(partition);
                context.disk().syncDirectory(config.path());
                context.trash().add(PartitionDirectories.excessDamaged(config.path()), nowMs);
                return createEmpty(partition, logConfig, nowMs);
            } catch (IOException e) {
                throw context.health().report(e);
            }
        }
    }

    /**
     * Whether a partition's log was written for the topic with this id, and not for an earlier topic of the same name. A
     * log without a topic id is marked with this one.
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
        context.health().ensureOnline();
        synchronized (changes) {
            ensureOpen(partition);
            futures.discard(partition, nowMs);
            Log log = logs.remove(partition);
            if (log == null && unopened.remove(partition) == null) {
                return;
            }
            futures.forget(partition);
            LogConfig logConfig = log == null ? LogConfig.DEFAULTS : log.config();
            if (log != null) {
                log.abandon();
            }
            try {
                checkpoints.deleted(partition);
                Path renamed = PartitionDirectories.markDeleted(context.directoryOf(partition), partition);
                context.trash().add(List.of(renamed), nowMs + logConfig.fileDeleteDelayMs());
                context.disk().syncDirectory(config.path());
            } catch (IOException e) {
                throw context.health().report(e);
            }
        }
    }

    /** The copies here of logs that are moving to this directory. */
    public FutureLogs futures() {
        return futures;
    }

    private void ensureOpen(TopicPartition partition) throws LogClosedException {
        if (isClosed) {
            throw new LogClosedException(partition);
        }
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
     * Does what is due: rolls by age, retention, {@code flush.ms}, expiry of producers, rebuilding of damaged indexes,
     * removal of deleted files. Call it every second or so. It does not wait for syncs.
     *
     * @param deletableBefore each partition's high watermark: records at or above are not deleted
     */
    public void maintain(long nowMs, ToLongFunction<TopicPartition> deletableBefore) {
        for (Log log : logs.values()) {
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
        Map<TopicPartition, LogLoader.Checkpoint> current = new HashMap<>();
        unopened.forEach((partition, log) -> current.put(partition, log.checkpoint()));
        logs.forEach((partition, log) ->
                current.put(partition, new LogLoader.Checkpoint(false, log.recoveryPoint(), log.logStartOffset())));
        return current;
    }

    /** How often damage was met since the start: by recovery, and by readers of the open logs. */
    public long damageCount() {
        return context.damageAtStart().sum()
                + logs.values().stream().mapToLong(Log::damageCount).sum();
    }

    /** Whether the disk has failed. */
    public boolean isOffline() {
        return context.health().isOffline();
    }

    /** Closes all files without writing anything, as for a directory that is offline. Idempotent. */
    public void abandon() throws IOException {
        synchronized (changes) {
            isClosed = true;
            futures.close();
            logs.values().forEach(Log::abandon);
            unlock();
        }
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
    public void close() throws IOException {
        synchronized (changes) {
            if (isClosed) {
                return;
            }
            isClosed = true;
            futures.close();
            try {
                context.health().ensureOnline();
                ParallelTasks.runAll(
                        context.background(),
                        logs.values().stream()
                                .<ThrowingRunnable<IOException>>map(log -> log::close)
                                .toList());
                checkpoints.write();
                context.trash().emptyAll();
                if (unopened.isEmpty()) {
                    marker.write();
                }
            } catch (IOException e) {
                LOG.error("Log directory not closed cleanly, the next start recovers it: {}", config.path(), e);
                throw e;
            } finally {
                logs.values().forEach(Log::abandon);
                unlock();
            }
        }
    }
}
