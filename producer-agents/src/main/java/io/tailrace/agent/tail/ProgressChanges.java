package io.tailrace.agent.tail;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds which contents have another progress than the checkpoint has, without a look at those that nothing happened to. Not
 * thread-safe.
 */
final class ProgressChanges {
    /** What the checkpoint has. */
    private final Map<FollowedFile, FileProgress> kept = new HashMap<>();

    private final Set<FollowedFile> touched = new LinkedHashSet<>();

    /** Adds what the last agent's checkpoint has of a content. */
    void addKept(FollowedFile file, FileProgress progress) {
        kept.put(file, progress);
        touched.add(file);
    }

    /** Something happened to a content that may change its progress. */
    void touch(FollowedFile file) {
        touched.add(file);
    }

    /** What the checkpoint must learn, which it has from then on. */
    FileChanges take(FollowedFiles followed) {
        List<FileProgress> changed = new ArrayList<>();
        List<String> gone = new ArrayList<>();
        for (FollowedFile file : touched) {
            Optional<FileProgress> toKeep = followed.contains(file) ? file.toKeep() : Optional.empty();
            @Nullable FileProgress before = kept.get(file);
            if (toKeep.isPresent() && !toKeep.get().equals(before)) {
                changed.add(toKeep.get());
                kept.put(file, toKeep.get());
            } else if (toKeep.isEmpty() && before != null) {
                gone.add(file.contentId());
                kept.remove(file);
            }
        }
        touched.clear();
        return new FileChanges(changed, gone);
    }
}
