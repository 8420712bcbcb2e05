package io.tailrace.agent.tail;

import io.tailrace.agent.tail.NumberedSeries.Search;
import io.tailrace.agent.tail.RotationMatcher.Numbered;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the contents that a new file may hold, by its name and its first bytes, without a look at all the contents of its log. Lasts for
 * one scan, and must be told of the contents that change meanwhile. Not thread-safe.
 */
final class RotationCandidates {
    private final FollowedFiles followed;
    /** Those that files were asked for. */
    private final Map<String, NumberedSeries> bySeries = new HashMap<>();

    RotationCandidates(FollowedFiles followed) {
        this.followed = followed;
    }

    /**
     * The contents whose file rotation may have given a name.
     *
     * @param onlyMissing whether only contents are wanted whose file is missing
     */
    OfName of(String name, boolean onlyMissing) {
        return new OfName(name, onlyMissing);
    }

    private NumberedSeries series(Numbered numbered) {
        return bySeries.computeIfAbsent(numbered.series(), name -> {
            NumberedSeries series = new NumberedSeries(name);
            followed.numbered(name).forEach(file -> series.add(file, followed.order(file)));
            return series;
        });
    }

    /** A content was found or forgotten, or has another file or state. */
    void changed(FollowedFile file) {
        for (String name : RotationMatcher.names(file)) {
            RotationMatcher.numbered(name)
                    .map(numbered -> bySeries.get(numbered.series()))
                    .ifPresent(series -> {
                        series.remove(file);
                        if (followed.contains(file)) {
                            series.add(file, followed.order(file));
                        }
                    });
        }
    }

    /** The contents whose file rotation may have given one name. */
    final class OfName {
        private final String name;
        private final boolean onlyMissing;
        private final Set<FollowedFile> extended;
        private final Optional<Numbered> numbered;

        private OfName(String name, boolean onlyMissing) {
            this.name = name;
            this.onlyMissing = onlyMissing;
            extended = followed.extendedBy(name);
            extended.removeIf(file -> !isWanted(file));
            numbered = RotationMatcher.numbered(name);
        }

        private boolean isWanted(FollowedFile file) {
            return !onlyMissing || file.state() == FollowedFile.State.MISSING;
        }

        /** Whether there are none, so that the file's bytes need not be read. */
        boolean isEmpty() {
            return extended.isEmpty()
                    && !numbered.map(each -> series(each).hasBefore(each.number(), onlyMissing))
                            .orElse(false);
        }

        /**
         * Those that may begin like a file, the longest first. Of two that do, the file holds the one that is like it for longer.
         *
         * @param isYoung whether the file is not compared before it has as many bytes as are needed
         */
        List<FollowedFile> thatMayBeginLike(Head head, boolean isYoung) {
            Set<FollowedFile> found = new HashSet<>(extended);
            numbered.ifPresent(each -> {
                Search search = new Search(each.number(), this::mayBeRotated, found);
                if (head.length() > 0) {
                    series(each).find(head, search);
                }
                if (isYoung) {
                    series(each).findUndecided(head, search);
                }
            });
            return found.stream().sorted(followed::compareLongestFirst).toList();
        }

        private boolean mayBeRotated(FollowedFile file) {
            return isWanted(file)
                    && (RotationMatcher.isRotatedName(name, RotationMatcher.name(file.path()))
                            || RotationMatcher.isRotatedName(name, file.fileName()));
        }

        /** A content's own file still holds it, so that no file with another number does. */
        void setKept(FollowedFile file) {
            numbered.ifPresent(each -> series(each).setKept(file));
        }

        /** A content has another file or state. */
        void changed(FollowedFile file) {
            RotationCandidates.this.changed(file);
        }
    }
}
