package io.tailrace.loader.task;

import java.nio.file.Path;

/**
 * What a task may use for rows that are not in files yet.
 *
 * @param bytes memory; half is for rows that wait for their file, half for the row groups of open files
 * @param spillFolder folder on a local disk for rows that do not fit in memory; empty for that of the system property
 *     {@code java.io.tmpdir} where the task runs
 * @param spillBytesMax bytes that a task spills before it completes its files and starts new ones
 */
public record TaskMemory(long bytes, String spillFolder, long spillBytesMax) {
    /** Even with small row groups: each open file has a connection to the file system. */
    private static final int OPEN_FILES_MAX = 64;

    long bufferBytes() {
        return bytes / 2;
    }

    Path folder() {
        return Path.of(spillFolder.isEmpty() ? System.getProperty("java.io.tmpdir") : spillFolder);
    }

    /** Files that are open at once, at least one. */
    int openFilesMax(long rowGroupBytes) {
        return (int) Math.min(OPEN_FILES_MAX, Math.max(1, filesBytes() / rowGroupBytes));
    }

    /** The largest row group that is kept in memory for each of the open files. */
    long rowGroupBytesMax(long rowGroupBytes) {
        return Math.min(rowGroupBytes, filesBytes() / openFilesMax(rowGroupBytes));
    }

    private long filesBytes() {
        return bytes - bufferBytes();
    }
}
