package io.tailrace.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renamed files and directories that are removed after a delay, so that an operator can undo a mistaken deletion. Bounded only by
 * the disk. Thread-safe.
 */
final class Trash {
    private static final Logger LOG = LoggerFactory.getLogger(Trash.class);

    private record Item(List<Path> paths, long dueMs) {}

    private final ConcurrentLinkedQueue<Item> items = new ConcurrentLinkedQueue<>();

    void add(List<Path> paths, long dueMs) {
        items.add(new Item(List.copyOf(paths), dueMs));
    }

    /** Removes the files whose delay is over. */
    void empty(long nowMs) {
        for (Item item : items) {
            if (item.dueMs <= nowMs && items.remove(item)) {
                item.paths.forEach(Trash::deleteOrWarn);
            }
        }
    }

    /** Removes everything. */
    void emptyAll() {
        empty(Long.MAX_VALUE);
    }

    /** Deletes a file or directory. If that fails, the next start tries again. */
    static void deleteOrWarn(Path path) {
        try {
            delete(path);
        } catch (IOException e) {
            LOG.warn("Deleted file not removed, next start tries again: {}: {}", path, e.toString());
        }
    }

    /** Deletes a file, or a directory with its content. Does nothing if it does not exist. */
    static void delete(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            Files.deleteIfExists(path);
            return;
        }
        try (Stream<Path> tree = Files.walk(path)) {
            for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
