package io.tailrace.server.cluster;

import io.tailrace.log.CompactionBacklog;
import io.tailrace.log.Log;
import io.tailrace.log.LogConfig;
import io.tailrace.log.LogDirectory;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.server.config.BrokerConfig;
import io.tailrace.server.config.StorageConfig;
import io.tailrace.server.partition.Clocks;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.Partitions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The broker's disks, from recovery at the start to the clean stop: the log directories, the threads that serve them, and the
 * broker's memory of its earlier runs. Thread-safe.
 */
public final class Storage implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Storage.class);

    private static final long MOVES_MS = 100;

    private final StorageConfig config;
    private final ExecutorService background;
    private final DirectoryFailures failures;
    private final LogDirectories directories;
    private final ReplicaMoves moves;
    /** As the last process wrote them; they stay valid for logs whose partitions have not been opened. */
    private final Map<TopicPartition, Long> highWatermarksAtStart;

    private final BrokerLife life;
    /** The earliest epoch of this broker since which nothing it wrote was lost. */
    private final AtomicLong keptSince;

    private final Partitions partitions;
    private final Clocks clocks;
    /** Guarded by this object's monitor. */
    private final List<PeriodicTasks> upkeep = new ArrayList<>();
    /** Written under this object's monitor. */
    private volatile @Nullable BackgroundCompaction compaction;

    private Storage(Opened opened, StorageConfig config, Partitions partitions, Clocks clocks) throws IOException {
        this.config = config;
        this.background = opened.background();
        this.failures = opened.failures();
        this.directories = opened.directories();
        this.moves = new ReplicaMoves(directories, partitions, clocks);
        this.highWatermarksAtStart = new ConcurrentHashMap<>(directories.readHighWatermarks());
        this.life = BrokerLife.begin(opened.paths(), directories.usablePaths());
        this.keptSince = new AtomicLong(directories.wereCleanlyClosed() ? life.cleanEpoch() : Broker.NONE);
        this.partitions = partitions;
        this.clocks = clocks;
    }

    /** All parts except the broker's memory of its earlier runs. */
    private record Opened(
            ExecutorService background, DirectoryFailures failures, LogDirectories directories, List<Path> paths) {}

    /** Keeps failures until a listener is set. */
    private static final class DirectoryFailures {
        private record Failure(Path path, IOException cause) {}

        private final List<Failure> early = new ArrayList<>();
        private BiConsumer<Path, IOException> listener = (path, cause) -> early.add(new Failure(path, cause));

        synchronized void add(Path path, IOException cause) {
            listener.accept(path, cause);
        }

        synchronized void listen(BiConsumer<Path, IOException> newListener) {
            listener = newListener;
            early.forEach(failure -> newListener.accept(failure.path(), failure.cause()));
            early.clear();
        }
    }

    /**
     * Opens everything that can be used.
     *
     * @param clusterId the cluster that the logs must belong to
     * @param partitions the open ones supply high watermarks
     * @throws IOException if a log directory is another broker's, or none can be used
     */
    public static Storage open(BrokerConfig config, String clusterId, Partitions partitions, Clocks clocks)
            throws IOException {
        StorageConfig storage = config.storage();
        int threads =
                storage.backgroundThreadsPerDirectory() * storage.directories().size();
        ExecutorService background = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "broker-log");
            thread.setDaemon(true);
            return thread;
        });
        // Each topic's own settings arrive with the first image; nothing rolls or is deleted before.
        LogConfig initial = config.topicDefaults().with(Map.of()).log();
        DirectoryFailures failures = new DirectoryFailures();
        LogDirectories directories = null;
        try {
            directories = LogDirectories.open(
                    storage,
                    new LogDirectories.Owner(clusterId, config.brokerId(), topic -> initial, background, failures::add),
                    clocks.wallMs().getAsLong());
            Opened opened = new Opened(background, failures, directories, storage.directories());
            return new Storage(opened, storage, partitions, clocks);
        } catch (IOException | RuntimeException e) {
            if (directories != null) {
                closeAfter(e, directories);
            }
            background.shutdown();
            throw e;
        }
    }

    private static void closeAfter(Exception failure, LogDirectories directories) {
        try {
            directories.close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** The logs. */
    public LogDirectories directories() {
        return directories;
    }

    /** Moves replicas between the log directories. */
    public ReplicaMoves moves() {
        return moves;
    }

    /** @param listener called once for each directory that fails, also for earlier failures; must not block */
    void onDirectoryFailed(BiConsumer<Path, IOException> listener) {
        failures.listen(listener);
    }

    /** The high watermarks that were written last; remove those of logs that are deleted. */
    Map<TopicPartition, Long> highWatermarksAtStart() {
        return highWatermarksAtStart;
    }

    /** Stays the same as long as one of the log directories does. */
    String owner() {
        return life.owner();
    }

    /**
     * The earliest broker epoch since which nothing written can have been lost. It is an earlier run's if every run since,
     * registered or not, was stopped cleanly. {@link Broker#NONE} if there is none yet.
     */
    long keptSince() {
        return keptSince.get();
    }

    /** Earlier writes may be lost, so no ISR may rely on the records that this broker had. Call before the broker registers. */
    void countAsUnclean(String reason) {
        if (keptSince.getAndSet(Broker.NONE) != Broker.NONE) {
            LOG.error("Log of a replica in sync is missing, this start counts as unclean: {}", reason);
        }
    }

    /** The broker has been registered under this epoch. */
    void registered(long brokerEpoch) {
        keptSince.compareAndSet(Broker.NONE, brokerEpoch);
    }

    /**
     * Starts retention, flushing and checkpoints on one thread for each log directory, and compaction and moves on others, so
     * that a stalled disk stalls only its own tasks.
     *
     * @param onBroken gets the exception that a task has thrown; must not block
     */
    synchronized void startUpkeep(Consumer<Throwable> onBroken) {
        StorageConfig.Intervals intervals = config.intervals();
        compaction = BackgroundCompaction.start(
                directories.all(), config.compaction(), clocks, this::highWatermark, onBroken);
        for (LogDirectory directory : directories.all()) {
            PeriodicTasks tasks = new PeriodicTasks("log-upkeep-" + directory.path(), onBroken);
            // Nothing lies below offset 0, so this pass deletes nothing; retention does that.
            tasks.every(intervals.flushMs(), () -> directory.maintain(nowMs(), partition -> 0));
            tasks.every(intervals.retentionMs(), () -> retain(directory));
            tasks.every(intervals.checkpointMs(), directory::checkpoint);
            tasks.every(
                    intervals.highWatermarkMs(),
                    () -> LogDirectories.writeHighWatermarks(directory, this::highWatermark));
            upkeep.add(tasks);
            PeriodicTasks moving = new PeriodicTasks("replica-moves-" + directory.path(), onBroken);
            moving.every(MOVES_MS, () -> moves.run(directory));
            upkeep.add(moving);
        }
    }

    /** The status of the compaction threads; empty before {@link #startUpkeep}. */
    public Optional<BackgroundCompaction.Status> compactionStatus() {
        return Optional.ofNullable(compaction).map(BackgroundCompaction::status);
    }

    /** The compaction backlog of a directory. */
    public CompactionBacklog compactionBacklog(LogDirectory directory) {
        return directory.compactionBacklog(nowMs(), this::highWatermark);
    }

    private void retain(LogDirectory directory) {
        directory.maintain(nowMs(), this::highWatermark);
        for (Log log : directory.logs()) {
            Partition partition =
                    partitions.find(log.partition().topic(), log.partition().partition());
            if (partition != null) {
                partition.logStartMayHaveMoved();
            }
        }
    }

    private long nowMs() {
        return clocks.wallMs().getAsLong();
    }

    private long highWatermark(TopicPartition id) {
        Partition partition = partitions.find(id.topic(), id.partition());
        return partition == null
                ? highWatermarksAtStart.getOrDefault(id, 0L)
                : partition.replica().log().highWatermark();
    }

    /**
     * Closes the logs with the marker of a clean stop. If a directory has failed, the next start counts as unclean.
     *
     * @throws IOException if a log could not be closed properly; the next start recovers it
     */
    @Override
    public synchronized void close() throws IOException {
        BackgroundCompaction compacting = compaction;
        if (compacting != null) {
            compacting.close();
        }
        upkeep.forEach(PeriodicTasks::close);
        try {
            for (LogDirectory directory : directories.all()) {
                LogDirectories.writeHighWatermarks(directory, this::highWatermark);
            }
            boolean nothingIsLost = directories.areAllOnline();
            directories.close();
            if (nothingIsLost) {
                life.end(keptSince.get());
            } else {
                LOG.warn("A log directory has failed: the next start counts as unclean");
            }
        } finally {
            Threads.end(background);
        }
    }
}
