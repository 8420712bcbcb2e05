package io.tailrace.agent.tail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The directories in which sources look for files. All sources share them, so each directory is brought up to date once a scan:
 * it is listed, unless the kernel has reported what may have changed. Not thread-safe.
 */
public final class Directories implements AutoCloseable {
    /** After so many scans a directory is listed even so: nothing is reported of what is written to memory that maps a file. */
    static final int LIST_SCANS = 10;

    private final DirectoryWatch watch;
    private final int listScans;
    private final Map<Path, Directory> known = new HashMap<>();
    private long scanMs = Long.MIN_VALUE;
    private long scan;

    Directories(DirectoryWatch watch, int listScans) {
        this.watch = watch;
        this.listScans = listScans;
    }

    /** Directories that are watched, where that works, or listed at each scan. */
    public static Directories of(boolean watched) {
        return new Directories(watched ? DirectoryWatch.ofKernel() : DirectoryWatch.none(), LIST_SCANS);
    }

    /**
     * A directory as it is now.
     *
     * @param steadyMs identifies the scan, during which it is brought up to date only once
     * @throws IOException if it cannot be read, or is not there
     */
    Directory at(Path path, long steadyMs) throws IOException {
        if (steadyMs != scanMs) {
            scanMs = steadyMs;
            scan++;
            forgetUnused();
        }
        Directory directory = known.get(path);
        if (directory != null && directory.scan() == scan) {
            return directory;
        }
        try {
            return upToDate(path, directory);
        } catch (IOException e) {
            known.remove(path);
            watch.forget(path);
            throw e;
        }
    }

    private Directory upToDate(Path path, @Nullable Directory before) throws IOException {
        Object fileKey = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        Object key = fileKey == null ? path : fileKey;
        if (before == null || !before.key().equals(key)) {
            Directory found = new Directory(path, key);
            // In this order: what changes after the list is reported.
            watch.watch(path);
            found.list(scan);
            known.put(path, found);
            return found;
        }
        Optional<Set<Path>> changed = watch.changed(path);
        if (changed.isEmpty() || scan - before.listedScan() >= listScans) {
            before.list(scan);
        } else {
            before.update(changed.get(), scan);
        }
        return before;
    }

    /** Forgets directories that no glob leads to any more. */
    private void forgetUnused() {
        if (scan % LIST_SCANS == 0) {
            known.values().removeIf(directory -> {
                boolean isUnused = scan - directory.scan() > LIST_SCANS;
                if (isUnused) {
                    watch.forget(directory.path());
                }
                return isUnused;
            });
        }
    }

    @Override
    public void close() {
        watch.close();
    }
}
