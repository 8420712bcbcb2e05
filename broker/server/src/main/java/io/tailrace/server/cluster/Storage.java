package io.tailrace.server.cluster;

import io.tailrace.log.LogConfig;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.server.config.BrokerConfig;
import io.tailrace.server.config.StorageConfig;
import io.tailrace.server.partition.Clocks;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.Partitions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this broker has on its disks, from its opening, with recovery where that is needed, to its closing: the log directories,
 * the threads that serve them, and what the broker remembers of its lives. Thread-safe.
 */
final class Storage implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Storage.class);
    private static final long END_SECONDS_MAX = 10;

    private final ExecutorService background;
    private final LogDirectories directories;
    /** What the files said, which goes on to hold for logs whose partitions have not been opened. */
    private final Map<TopicPartition, Long> highWatermarksAtStart;

    private final BrokerLife life;
    /** The earliest epoch of this broker since which nothing it wrote was lost. */
    private final AtomicLong keptSince;

    private final Partitions partitions;
    private final Clocks clocks;

    private Storage(
            ExecutorService background,
            LogDirectories directories,
            BrokerLife life,
            Partitions partitions,
            Clocks clocks)
            throws IOException {
        this.background = background;
        this.directories = directories;
        this.highWatermarksAtStart = new ConcurrentHashMap<>(directories.readHighWatermarks());
        this.life = life;
        this.keptSince = new AtomicLong(directories.wereCleanlyClosed() ? life.cleanEpoch() : Broker.NONE);
        this.partitions = partitions;
        this.clocks = clocks;
    }

    /**
     * Opens everything, or nothing.
     *
     * @param clusterId to which the logs must belong
     * @param partitions those that will be open; others have the high watermarks that were written last
     * @param onOffline told of a log directory that fails; must not block
     * @throws IOException if a log directory cannot be used, naming it
     */
    static Storage open(
            BrokerConfig config,
            String clusterId,
            Partitions partitions,
            BiConsumer<Path, IOException> onOffline,
            Clocks clocks)
            throws IOException {
        StorageConfig storage = config.storage();
        int threads =
                storage.backgroundThreadsPerDirectory() * storage.directories().size();
        ExecutorService background = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "broker-log");
            thread.setDaemon(true);
            return thread;
        });
        // The topic's own settings come with the first image; until then nothing rolls or is deleted.
        LogConfig initial = config.topicDefaults().with(Map.of()).log();
        LogDirectories directories = null;
        try {
            directories = LogDirectories.open(
                    storage,
                    new LogDirectories.Owner(clusterId, config.brokerId(), topic -> initial, background, onOffline),
                    clocks.wallMs().getAsLong());
            BrokerLife life = BrokerLife.begin(storage.directories());
            return new Storage(background, directories, life, partitions, clocks);
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

    LogDirectories directories() {
        return directories;
    }

    /** As they were last written, for partitions that are opened; those of logs that are deleted are to be removed. */
    Map<TopicPartition, Long> highWatermarksAtStart() {
        return highWatermarksAtStart;
    }

    /** The same for every life of the broker with these log directories. */
    String owner() {
        return life.owner();
    }

    /**
     * The earliest broker epoch since which nothing written can have been lost: that of a life before, as long as each one since
     * was ended properly, registered or not. {@link Broker#NONE} if there is none yet.
     */
    long keptSince() {
        return keptSince.get();
    }

    /** The broker is registered under this epoch from now on. */
    void registered(long brokerEpoch) {
        keptSince.compareAndSet(Broker.NONE, brokerEpoch);
    }

    /** One pass of rolling and flushing by time. */
    void maintain() {
        // Nothing lies below offset 0, so nothing is old enough to go: that is for the passes of retention.
        directories.maintain(clocks.wallMs().getAsLong(), partition -> 0);
    }

    /** One pass of retention, and of what {@link #maintain} does. */
    void retain() {
        directories.maintain(clocks.wallMs().getAsLong(), this::highWatermark);
        partitions.all().forEach(Partition::logStartMayHaveMoved);
    }

    /** Writes recovery points. */
    void checkpoint() {
        directories.checkpoint();
    }

    /** Writes high watermarks. */
    void checkpointHighWatermarks() {
        directories.writeHighWatermarks(this::highWatermark);
    }

    private long highWatermark(TopicPartition id) {
        Partition partition = partitions.find(id.topic(), id.partition());
        return partition == null
                ? highWatermarksAtStart.getOrDefault(id, 0L)
                : partition.replica().log().highWatermark();
    }

    /**
     * Closes the logs with the marker of a clean stop. A directory that has failed keeps none, and then nobody is told
     * that this life has lost nothing.
     *
     * @throws IOException if a log could not be closed properly; it will be recovered at the next start
     */
    @Override
    public void close() throws IOException {
        try {
            checkpointHighWatermarks();
            boolean nothingIsLost = directories.areAllOnline();
            directories.close();
            if (nothingIsLost) {
                life.end(keptSince.get());
            }
        } finally {
            end(background);
        }
    }

    /** Without interrupting: an interrupt inside of a file closes it for everybody. */
    static void end(ExecutorService executor) {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(END_SECONDS_MAX, TimeUnit.SECONDS)) {
                LOG.warn("a thread did not end within {} s", END_SECONDS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
