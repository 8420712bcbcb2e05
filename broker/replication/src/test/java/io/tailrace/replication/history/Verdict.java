package io.tailrace.replication.history;

import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a history came to.
 *
 * @param sent sends that were begun
 * @param acknowledged those that were acknowledged; what became of the others is not known, so either is right
 * @param kept records that the partitions hold at the end
 * @param violations everything that is wrong, empty if nothing is
 */
public record Verdict(int sent, int acknowledged, int kept, List<Violation> violations) {
    private static final int SHOWN_OF_EACH_MAX = 5;

    public Verdict {
        violations = List.copyOf(violations);
    }

    /** Whether nothing is wrong. */
    public boolean isClean() {
        return violations.isEmpty();
    }

    /** The same without what the producers of this history do not promise: duplicates, if they are not idempotent. */
    public Verdict tolerating(Collection<Anomaly> tolerated) {
        Set<Anomaly> excused = Set.copyOf(tolerated);
        return new Verdict(
                sent,
                acknowledged,
                kept,
                violations.stream()
                        .filter(violation -> !excused.contains(violation.anomaly()))
                        .toList());
    }

    /** Counts, and the first few of each kind of violation. */
    @Override
    public String toString() {
        StringBuilder report = new StringBuilder("%d sent, %d acknowledged, %d kept, %d violations"
                .formatted(sent, acknowledged, kept, violations.size()));
        Map<Anomaly, Integer> seen = new EnumMap<>(Anomaly.class);
        for (Violation violation : violations) {
            if (seen.merge(violation.anomaly(), 1, Integer::sum) <= SHOWN_OF_EACH_MAX) {
                report.append("\n  ").append(violation);
            }
        }
        seen.forEach((anomaly, count) -> {
            if (count > SHOWN_OF_EACH_MAX) {
                report.append("\n  %s: %d more".formatted(anomaly, count - SHOWN_OF_EACH_MAX));
            }
        });
        return report.toString();
    }
}
