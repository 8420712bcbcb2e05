package io.tailrace.agent.tail;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which files of a directory may have changed, where the kernel reports that (inotify). A file system that is not local
 * to this machine does not report what others write to it, so none of its directories are watched. Not thread-safe.
 */
final class DirectoryWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DirectoryWatch.class);

    private static final Set<String> LOCAL_FILE_SYSTEMS =
            Set.of("btrfs", "ext2", "ext3", "ext4", "f2fs", "jfs", "reiserfs", "tmpfs", "xfs", "zfs");

    /** Bounds the kernel's memory for watches. */
    private static final int DIRECTORIES_MAX = 4_096;

    /** Above so many events between two calls, they cost more than a look at each file. */
    static final int EVENTS_MAX = 5_000;

    private final @Nullable WatchService service;
    private final Map<Path, WatchKey> keys = new HashMap<>();
    /** By number of the file system. */
    private final Map<Long, Boolean> isLocal = new HashMap<>();

    private DirectoryWatch(@Nullable WatchService service) {
        this.service = service;
    }

    /** Watches nothing. */
    static DirectoryWatch none() {
        return new DirectoryWatch(null);
    }

    /** Watches what can be watched on this machine. */
    static DirectoryWatch ofKernel() {
        try {
            return new DirectoryWatch(FileSystems.getDefault().newWatchService());
        } catch (IOException | UnsupportedOperationException e) {
            log.info("directories are not watched but listed at every scan: {}", e.toString());
            return none();
        }
    }

    /** Begins to watch a directory, if it can be watched. */
    void watch(Path directory) {
        forget(directory);
        if (service == null
                || directory.getFileSystem() != FileSystems.getDefault()
                || keys.size() >= DIRECTORIES_MAX) {
            return;
        }
        try {
            if (isLocal(directory)) {
                keys.put(directory, directory.register(service, ENTRY_CREATE, ENTRY_DELETE, ENTRY_MODIFY));
            }
        } catch (IOException e) {
            // The kernel's limit of watches is reached, or the directory is gone.
            log.debug("not watched, but listed at every scan: {}", directory, e);
        }
    }

    private boolean isLocal(Path directory) throws IOException {
        long device = FileId.stat(directory).id().device();
        Boolean known = isLocal.get(device);
        if (known == null) {
            known = LOCAL_FILE_SYSTEMS.contains(Files.getFileStore(directory).type());
            isLocal.put(device, known);
        }
        return known;
    }

    /**
     * What may have changed in a directory since the last call, or since it is watched.
     *
     * @return the names of files; empty if any file may have changed, because the directory is not watched or too many have
     */
    Optional<Set<Path>> changed(Path directory) {
        WatchKey key = keys.get(directory);
        if (key == null) {
            return Optional.empty();
        }
        boolean isOverflown = false;
        long events = 0;
        Set<Path> names = new HashSet<>();
        for (WatchEvent<?> event : key.pollEvents()) {
            events += event.count();
            if (event.context() instanceof Path name) {
                names.add(name);
            } else {
                isOverflown = true;
            }
        }
        if (!key.isValid() || events > EVENTS_MAX) {
            forget(directory);
            return Optional.empty();
        }
        return isOverflown ? Optional.empty() : Optional.of(names);
    }

    void forget(Path directory) {
        WatchKey key = keys.remove(directory);
        if (key != null) {
            key.cancel();
        }
    }

    @Override
    public void close() {
        if (service != null) {
            try {
                service.close();
            } catch (IOException e) {
                log.debug("cannot close the watch of directories", e);
            }
        }
    }
}
