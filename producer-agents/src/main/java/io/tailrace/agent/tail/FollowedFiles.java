package io.tailrace.agent.tail;

import io.tailrace.agent.tail.FollowedFile.State;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The contents that a source follows, in the order in which they were found, and by the files that hold them. Finds each without a
 * look at the others. Not thread-safe.
 */
final class FollowedFiles {
    private final Map<FollowedFile, Indexed> all = new LinkedHashMap<>();
    private final Map<FileId, FollowedFile> byId = new HashMap<>();
    private final Map<String, Set<FollowedFile>> byName = new HashMap<>();
    private long added;

    /**
     * Under what a content is found.
     *
     * @param order its place among all
     * @param names those of the file that held it first and last, and the series of those that are numbered
     * @param id that file
     */
    private record Indexed(long order, Set<String> names, FileId id) {}

    Collection<FollowedFile> all() {
        return all.keySet();
    }

    boolean contains(FollowedFile file) {
        return all.containsKey(file);
    }

    void add(FollowedFile file) {
        put(file, added++);
    }

    private void put(FollowedFile file, long order) {
        Set<String> names = new HashSet<>();
        for (String name : RotationMatcher.names(file)) {
            names.add(name);
            RotationMatcher.numbered(name).ifPresent(numbered -> names.add(numbered.series()));
        }
        all.put(file, new Indexed(order, names, file.id()));
        byId.put(file.id(), file);
        names.forEach(name ->
                byName.computeIfAbsent(name, each -> new LinkedHashSet<>()).add(file));
    }

    void remove(FollowedFile file) {
        Indexed indexed = all.remove(file);
        if (indexed != null) {
            indexed.names.forEach(name -> removeName(file, name));
            byId.remove(indexed.id, file);
        }
    }

    private void removeName(FollowedFile file, String name) {
        byName.computeIfPresent(name, (key, files) -> {
            files.remove(file);
            return files.isEmpty() ? null : files;
        });
    }

    /** A content's file was renamed, or another file holds the content now. */
    void moved(FollowedFile file) {
        Indexed indexed = all.get(file);
        if (indexed != null) {
            indexed.names.forEach(name -> removeName(file, name));
            byId.remove(indexed.id, file);
            put(file, indexed.order);
        }
    }

    /** Whether a file holds one of the contents. */
    boolean isHolder(FileId id) {
        @Nullable FollowedFile file = byId.get(id);
        return file != null && file.state() != State.MISSING && file.id().equals(id);
    }

    /** The contents whose names this name extends. */
    Set<FollowedFile> extendedBy(String name) {
        Set<FollowedFile> found = new HashSet<>();
        for (String earlier : RotationMatcher.namesBefore(name)) {
            found.addAll(byName.getOrDefault(earlier, Set.of()));
        }
        return found;
    }

    /** The contents with a name of a series, whatever its number. */
    Set<FollowedFile> numbered(String series) {
        return Collections.unmodifiableSet(byName.getOrDefault(series, Set.of()));
    }

    /**
     * The longest first, and of those that are as long the one that was found first: of two contents that begin like a file, the file
     * holds the one that is like it for longer.
     */
    int compareLongestFirst(FollowedFile one, FollowedFile other) {
        int byLength = Long.compare(other.knownTo(), one.knownTo());
        return byLength == 0 ? Long.compare(order(one), order(other)) : byLength;
    }

    /** Its place among all, in the order in which they were found. */
    long order(FollowedFile file) {
        Indexed indexed = all.get(file);
        return indexed == null ? Long.MAX_VALUE : indexed.order;
    }
}
