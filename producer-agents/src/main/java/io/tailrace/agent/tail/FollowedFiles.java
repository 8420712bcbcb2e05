package io.tailrace.agent.tail;

import io.tailrace.agent.tail.FollowedFile.State;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
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
     * @param name the name of the file that held it last
     * @param id that file
     */
    private record Indexed(long order, String name, FileId id) {}

    Collection<FollowedFile> all() {
        return all.keySet();
    }

    void add(FollowedFile file) {
        put(file, added++);
        byName.computeIfAbsent(file.fileName(), name -> new LinkedHashSet<>()).add(file);
    }

    private void put(FollowedFile file, long order) {
        String name = RotationMatcher.name(file.path());
        all.put(file, new Indexed(order, name, file.id()));
        byId.put(file.id(), file);
        byName.computeIfAbsent(name, each -> new LinkedHashSet<>()).add(file);
    }

    void remove(FollowedFile file) {
        Indexed indexed = all.remove(file);
        if (indexed != null) {
            removeName(file, indexed.name);
            removeName(file, file.fileName());
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
            if (!indexed.name.equals(file.fileName())) {
                removeName(file, indexed.name);
            }
            byId.remove(indexed.id, file);
            put(file, indexed.order);
        }
    }

    /** Whether a file holds one of the contents. */
    boolean isHolder(FileId id) {
        @Nullable FollowedFile file = byId.get(id);
        return file != null && file.state() != State.MISSING && file.id().equals(id);
    }

    /** The contents whose file rotation may have given this name, in their order. */
    List<FollowedFile> maybeRotatedTo(String name) {
        Set<FollowedFile> found = new TreeSet<>(Comparator.comparingLong(this::order));
        for (String earlier : RotationMatcher.namesBefore(name)) {
            found.addAll(byName.getOrDefault(earlier, Set.of()));
        }
        return List.copyOf(found);
    }

    private long order(FollowedFile file) {
        Indexed indexed = all.get(file);
        return indexed == null ? Long.MAX_VALUE : indexed.order;
    }
}
