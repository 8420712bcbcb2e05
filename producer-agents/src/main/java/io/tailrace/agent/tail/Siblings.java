package io.tailrace.agent.tail;

import io.tailrace.agent.tail.FileId.Stat;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/** The files of a directory, whether or not a glob matches them. Immutable. */
final class Siblings {
    private final Map<FileId, Stat> byId = new HashMap<>();
    private final NavigableMap<String, Stat> byName = new TreeMap<>();

    Siblings(Collection<Stat> files) {
        for (Stat file : files) {
            byId.put(file.id(), file);
            byName.put(RotationMatcher.name(file.path()), file);
        }
    }

    /** The files that may hold a content whose own file is gone: the same file under another name, and those named as rotations. */
    Set<Stat> candidates(FollowedFile missing) {
        Set<Stat> candidates = new LinkedHashSet<>();
        Stat same = byId.get(missing.id());
        if (same != null) {
            candidates.add(same);
        }
        addRotated(RotationMatcher.name(missing.path()), candidates);
        addRotated(missing.fileName(), candidates);
        return candidates;
    }

    private void addRotated(String name, Set<Stat> candidates) {
        String start = RotationMatcher.stem(RotationMatcher.family(name));
        byName.subMap(start, true, start + Character.MAX_VALUE, true).forEach((sibling, stat) -> {
            if (RotationMatcher.isRotatedName(sibling, name)) {
                candidates.add(stat);
            }
        });
    }
}
