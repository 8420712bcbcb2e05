package io.tailrace.agent.tail;

import io.tailrace.agent.tail.FileId.Stat;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is in a directory, as of the last scan. Looks again only at what may have changed. Not thread-safe. */
final class Directory {
    private final Path path;
    private final Object key;
    /** By name. */
    private final Map<Path, Entry> entries = new TreeMap<>();
    /** The entries that a glob matches, while no name is added or removed. */
    private final Map<PathMatcher, List<Entry>> matching = new HashMap<>();

    /** The scan at which it was last brought up to date, and the one at which it was last listed. */
    private long scan;

    private long listedScan;

    /** What an entry is. {@code OTHER}: a pipe, a device, a socket, or a link to nothing. */
    enum Kind {
        FILE,
        DIRECTORY,
        OTHER,
        GONE
    }

    /** Something in a directory. */
    static final class Entry {
        private final Path path;
        private Kind kind = Kind.GONE;
        private boolean isLink;
        private boolean isKnown;
        private @Nullable Object fileKey;
        private @Nullable Stat stat;

        private Entry(Path path) {
            this.path = path;
        }

        Path path() {
            return path;
        }

        /**
         * What it is, links followed.
         *
         * @throws IOException if that cannot be read
         */
        Kind kind() throws IOException {
            if (!isKnown) {
                look();
                isKnown = true;
            }
            return kind;
        }

        private boolean isGone() {
            try {
                return kind() == Kind.GONE;
            } catch (IOException e) {
                // It is there, and the caller who asks for its kind reports that it cannot be read.
                return false;
            }
        }

        /** Attributes of a {@link Kind#FILE}. */
        Stat stat() {
            if (stat == null) {
                throw new IllegalStateException(path + " is no file: " + kind);
            }
            return stat;
        }

        private void look() throws IOException {
            try {
                BasicFileAttributes own =
                        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                isLink = own.isSymbolicLink();
                take(isLink ? target(own) : own);
            } catch (NoSuchFileException e) {
                kind = Kind.GONE;
            }
        }

        private BasicFileAttributes target(BasicFileAttributes link) throws IOException {
            try {
                return Files.readAttributes(path, BasicFileAttributes.class);
            } catch (NoSuchFileException e) {
                // A link to nothing is what it is itself, as for Files.walkFileTree.
                return link;
            }
        }

        private void take(BasicFileAttributes attributes) throws IOException {
            if (attributes.isDirectory()) {
                kind = Kind.DIRECTORY;
            } else if (attributes.isRegularFile()) {
                kind = Kind.FILE;
                takeFile(attributes);
            } else {
                kind = Kind.OTHER;
            }
        }

        private void takeFile(BasicFileAttributes attributes) throws IOException {
            Stat before = stat;
            Object sameKey = attributes.fileKey();
            if (before == null || sameKey == null || !sameKey.equals(fileKey)) {
                stat = FileId.stat(path);
                fileKey = sameKey;
                return;
            }
            long modifiedMs = attributes.lastModifiedTime().toMillis();
            if (attributes.size() != before.sizeBytes() || modifiedMs != before.modifiedMs()) {
                stat = new Stat(path, before.id(), attributes.size(), modifiedMs);
            }
        }
    }

    /** @param key identifies the directory that has this path now */
    Directory(Path path, Object key) {
        this.path = path;
        this.key = key;
    }

    Path path() {
        return path;
    }

    Object key() {
        return key;
    }

    long scan() {
        return scan;
    }

    long listedScan() {
        return listedScan;
    }

    Collection<Entry> entries() {
        return entries.values();
    }

    /** The entries with a path that a glob matches. */
    List<Entry> matching(PathMatcher matcher) {
        return matching.computeIfAbsent(matcher, each -> entries.values().stream()
                .filter(entry -> each.matches(entry.path))
                .toList());
    }

    /** Reads all names. Every entry may have changed. */
    void list(long newScan) throws IOException {
        Map<Path, Entry> before = new HashMap<>(entries);
        entries.clear();
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(path)) {
            for (Path each : paths) {
                Entry entry = before.getOrDefault(each.getFileName(), new Entry(each));
                entry.isKnown = false;
                entries.put(each.getFileName(), entry);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        if (!before.keySet().equals(entries.keySet())) {
            matching.clear();
        }
        scan = newScan;
        listedScan = newScan;
    }

    /** Only these names, and what links lead to, may have changed. */
    void update(Set<Path> names, long newScan) {
        for (Path name : names) {
            Entry known = entries.get(name);
            Entry entry = known == null ? new Entry(path.resolve(name)) : known;
            entry.isKnown = false;
            boolean isGone = entry.isGone();
            if (isGone) {
                entries.remove(name);
            } else {
                entries.put(name, entry);
            }
            if (isGone || known == null) {
                matching.clear();
            }
        }
        entries.values().forEach(entry -> entry.isKnown &= !entry.isLink);
        scan = newScan;
    }
}
