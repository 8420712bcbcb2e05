package io.tailrace.log;

import java.util.concurrent.Executor;

/**
 * What the logs of one directory share.
 *
 * @param config of the directory
 * @param disk the doors to the disk
 * @param health whether the directory is online
 * @param guard whether there is room
 * @param trash where deleted files wait
 * @param background runs syncs and writes snapshots, on threads of its own
 * @param saveRecoveryPoints writes the recovery points of all logs, for a log whose point went back
 */
record LogContext(
        LogDirectoryConfig config,
        Disk disk,
        DirectoryHealth health,
        DiskGuard guard,
        Trash trash,
        Executor background,
        Runnable saveRecoveryPoints) {}
