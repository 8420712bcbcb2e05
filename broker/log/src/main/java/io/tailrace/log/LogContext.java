package io.tailrace.log;

import io.tailrace.protocol.TopicPartition;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the logs of one directory share.
 *
 * @param config the directory's configuration
 * @param disk access to the disk
 * @param health whether the directory is online
 * @param guard whether there is free space
 * @param trash deleted files that are still on disk
 * @param background runs syncs and writes snapshots, on its own threads
 * @param checkpoints the recovery points and log start offsets on disk
 * @param damageAtStart counts logs that could not be opened because they are damaged
 */
record LogContext(
        LogDirectoryConfig config,
        Disk disk,
        DirectoryHealth health,
        DiskGuard guard,
        Trash trash,
        Executor background,
        DirectoryCheckpoints checkpoints,
        LongAdder damageAtStart) {
    /** The directory of a partition's log. */
    Path directoryOf(TopicPartition partition) {
        return config.path().resolve(partition.toString());
    }
}
