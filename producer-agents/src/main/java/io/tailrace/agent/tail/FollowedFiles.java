package io.tailrace.agent.tail;

import io.tailrace.agent.tail.FollowedFile.State;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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
     * @param names those of the file that held it first and last, and what they have in common with other files of their logs
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
        for (String name : List.of(RotationMatcher.name(file.path()), file.fileName())) {
            names.add(name);
            names.add(familyKey(name));
        }
        all.put(file, new Indexed(order, names, file.id()));
        byId.put(file.id(), file);
        names.forEach(name ->
                byName.computeIfAbsent(name, each -> new LinkedHashSet<>()).add(file));
    }

    /** Different from every name. */
    private static String familyKey(String name) {
        return "/" + RotationMatcher.family(name);
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

    /** The contents whose file rotation may have given this name, the longest first. */
    List<FollowedFile> maybeRotatedTo(String name) {
        Set<FollowedFile> found = new TreeSet<>(Comparator.comparingLong(this::order));
        for (String earlier : RotationMatcher.namesBefore(name)) {
            found.addAll(byName.getOrDefault(earlier, Set.of()));
        }
        if (RotationMatcher.isNumbered(name)) {
            byName.getOrDefault(familyKey(name), Set.of()).stream()
                    .filter(file -> RotationMatcher.isRotatedName(name, RotationMatcher.name(file.path()))
                            || RotationMatcher.isRotatedName(name, file.fileName()))
                    .forEach(found::add);
        }
        return longestFirst(found);
    }

    /** Of two contents that begin like a file, the file holds the one that is like it for longer. */
    static List<FollowedFile> longestFirst(Collection<FollowedFile> files) {
        return files.stream()
                .sorted(Comparator.comparing(FollowedFile::knownTo).reversed())
                .toList();
    }

    private long order(FollowedFile file) {
        Indexed indexed = all.get(file);
        return indexed == null ? Long.MAX_VALUE : indexed.order;
    }
}
