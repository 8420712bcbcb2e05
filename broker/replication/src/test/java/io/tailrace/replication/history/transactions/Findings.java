package io.tailrace.replication.history.transactions;

import io.tailrace.replication.history.Anomaly;
import io.tailrace.replication.history.Violation;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Collects what is wrong, up to a number of each kind: a history that is all wrong must not fill the memory with words. */
final class Findings {
    private static final int OF_EACH_MAX = 1_000;

    private final List<Violation> violations = new ArrayList<>();
    private final Map<Anomaly, Integer> counts = new EnumMap<>(Anomaly.class);

    void add(Anomaly anomaly, PartitionLog<?> log, Supplier<String> detail) {
        if (counts.merge(anomaly, 1, Integer::sum) <= OF_EACH_MAX) {
            violations.add(new Violation(anomaly, log.partition(), detail.get()));
        }
    }

    List<Violation> all() {
        return violations;
    }
}
