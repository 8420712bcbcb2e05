package io.tailrace.loader.run;

import io.tailrace.loader.commit.Publisher;
import io.tailrace.loader.compact.CompactRun;
import io.tailrace.loader.hours.HourVerdicts;
import io.tailrace.loader.table.PathPartition;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Merges the small files of hours that are complete, and deletes files that were merged some time ago. Used by one thread. */
public final class CompleteHourMerge {
    /** Hours that one load merges at most: it must not take much longer than loading. */
    static final int HOURS_MAX = 100;

    private final CompactRun compact;
    private final HourVerdicts verdicts;

    public CompleteHourMerge(CompactRun compact, HourVerdicts verdicts) {
        this.compact = compact;
        this.verdicts = verdicts;
    }

    /**
     * Merges the newest hours, if agents report about the topic.
     *
     * @return what could not be published; the next run repeats it
     * @throws IOException if the hours were not all merged; the next load tries again
     */
    List<Publisher.Failure> run() throws IOException {
        if (verdicts.days().isEmpty()) {
            return List.of();
        }
        return compact.run(newest(verdicts.complete(compact.mergeable()))::contains)
                .failures();
    }

    /** Hours whose files cannot become fewer are looked at by each load. Older ones must not hold up those that are complete only now. */
    static Set<PathPartition> newest(SortedSet<PathPartition> hours) {
        return new TreeSet<>(hours).descendingSet().stream().limit(HOURS_MAX).collect(Collectors.toSet());
    }
}
