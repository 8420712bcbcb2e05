package io.tailrace.loader.run;

import io.tailrace.loader.audit.HourVerdicts;
import io.tailrace.loader.commit.Publisher;
import io.tailrace.loader.compact.CompactRun;
import io.tailrace.loader.table.PathPartition;
import java.io.IOException;
import java.util.List;
import java.util.Set;
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

    /** Merges, the oldest hours first, if agents report about the topic. Returns what failed; the next load tries again. */
    List<Publisher.Failure> run() {
        try {
            if (verdicts.days().isEmpty()) {
                return List.of();
            }
            Set<PathPartition> hours = verdicts.complete(compact.mergeable()).stream()
                    .limit(HOURS_MAX)
                    .collect(Collectors.toSet());
            return compact.run(hours::contains).failures();
        } catch (IOException e) {
            return List.of(new Publisher.Failure("merge", e));
        } catch (RuntimeException e) {
            return List.of(new Publisher.Failure("merge", new IOException("cannot merge hours: " + e.getMessage(), e)));
        }
    }
}
