package io.tailrace.replication.history;

import io.tailrace.protocol.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the members of one group were given, and the offsets that the group committed. Thread-safe.
 *
 * <p>Every record must be given to some member, if need be to several in turn; in one generation (of the classic protocol) or member
 * epoch (of the consumer protocol), a partition belongs to one member; and committed offsets only rise.
 */
public final class GroupHistory {
    private final String group;

    // All guarded by this.
    private final Map<TopicPartition, Set<Long>> delivered = new HashMap<>();
    private final Map<TopicPartition, Map<Integer, String>> owners = new HashMap<>();
    private final Map<String, Map<TopicPartition, Long>> committed = new HashMap<>();
    private final List<Violation> violations = new ArrayList<>();

    /** @param group its name in violations */
    public GroupHistory(String group) {
        this.group = group;
    }

    /**
     * A member was given a record.
     *
     * @param generation the member's generation or epoch at that time, or -1 if it is not known
     */
    public synchronized void delivered(String member, int generation, TopicPartition partition, long offset) {
        delivered.computeIfAbsent(partition, key -> new HashSet<>()).add(offset);
        if (generation < 0) {
            return;
        }
        Map<Integer, String> ofPartition = owners.computeIfAbsent(partition, key -> new TreeMap<>());
        String owner = ofPartition.putIfAbsent(generation, member);
        if (owner != null && !owner.equals(member)) {
            report(
                    Anomaly.SHARED,
                    partition,
                    "in generation %d, offset %d was given to %s, others to %s"
                            .formatted(generation, offset, member, owner));
        }
    }

    /**
     * A witness saw a committed offset. What it sees next is at least as new.
     *
     * @param offset the offset, exclusive; -1 if there is none
     */
    public synchronized void committed(String witness, TopicPartition partition, long offset) {
        Long before = committed.computeIfAbsent(witness, key -> new HashMap<>()).put(partition, offset);
        if (before != null && before > offset) {
            report(Anomaly.REWOUND, partition, "%s saw %d after %d".formatted(witness, offset, before));
        }
    }

    /** The number of generations in which records were delivered. */
    public synchronized long generations() {
        return owners.values().stream()
                .flatMap(ofPartition -> ofPartition.keySet().stream())
                .distinct()
                .count();
    }

    /**
     * Finds all anomalies.
     *
     * @param atEnd the offsets of the records that each partition holds at the end, when the group has no lag
     */
    public synchronized List<Violation> judge(Map<TopicPartition, ? extends Collection<Long>> atEnd) {
        List<Violation> found = new ArrayList<>(violations);
        atEnd.forEach((partition, offsets) -> {
            Set<Long> unread = new HashSet<>(offsets);
            unread.removeAll(delivered.getOrDefault(partition, Set.of()));
            unread.stream()
                    .sorted()
                    .forEach(offset -> found.add(
                            violation(Anomaly.UNREAD, partition, "offset " + offset + " was given to no member")));
        });
        return found;
    }

    private void report(Anomaly anomaly, TopicPartition partition, String detail) {
        violations.add(violation(anomaly, partition, detail));
    }

    private Violation violation(Anomaly anomaly, TopicPartition partition, String detail) {
        return new Violation(anomaly, partition, "group " + group + ": " + detail);
    }
}
