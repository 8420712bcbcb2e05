package io.tailrace.server.cluster;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.Event;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.Partitions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the partitions of failed log directories offline. Does not wait for a busy partition, whose write may hang in the kernel:
 * the partition goes offline once it is free. Used by one thread.
 */
final class OfflineDirectories {
    private static final Logger LOG = LoggerFactory.getLogger(OfflineDirectories.class);

    private final LogDirectories directories;
    private final Partitions partitions;
    private final OfflineLogs offlineLogs;
    private final ScheduledExecutorService thread;

    /** @param thread the thread that uses this object; it returns to busy partitions */
    OfflineDirectories(
            LogDirectories directories,
            Partitions partitions,
            OfflineLogs offlineLogs,
            ScheduledExecutorService thread) {
        this.directories = directories;
        this.partitions = partitions;
        this.offlineLogs = offlineLogs;
        this.thread = thread;
    }

    /**
     * Takes the partitions of a directory offline and reports them to the controller.
     *
     * @throws IOException if this was the last directory
     */
    void add(Path path, IOException cause) throws IOException {
        List<TopicPartition> failed = directories.partitionsIn(path);
        LOG.error(
                "log directory {} failed: its {} partitions are offline until this broker is restarted",
                path,
                failed.size(),
                cause);
        offlineLogs.add(failed);
        for (TopicPartition id : failed) {
            Partition partition = partitions.find(id.topic(), id.partition());
            if (partition != null) {
                PartitionActions.deliver(partition, new Event.LogFailed(), thread);
            }
        }
        if (directories.areAllOffline()) {
            throw new IOException("every log directory has failed", cause);
        }
    }
}
