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
 * Files and directories that were renamed out of the way and are removed after a delay, so that a mistaken deletion
 * can be undone by hand. Holds at most what was on the disk. Any thread may add or empty.
 */
final class Trash {
    private static final Logger LOG = LoggerFactory.getLogger(Trash.class);

    private record Item(List<Path> paths, long dueMs) {}

    private final ConcurrentLinkedQueue<Item> items = new ConcurrentLinkedQueue<>();

    void add(List<Path> paths, long dueMs) {
        items.add(new Item(List.copyOf(paths), dueMs));
    }

    /** Removes what is due. What cannot be removed is left to the next start. */
    void empty(long nowMs) {
        for (Item item : items) {
            if (item.dueMs <= nowMs && items.remove(item)) {
                for (Path path : item.paths) {
                    try {
                        delete(path);
                    } catch (IOException e) {
                        LOG.warn("Deleted file not removed, next start tries again: {}: {}", path, e.toString());
                    }
                }
            }
        }
    }

    /** Removes everything. */
    void emptyAll() {
        empty(Long.MAX_VALUE);
    }

    /** Removes a file, or a directory with all it holds; one that is not there is fine. */
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
