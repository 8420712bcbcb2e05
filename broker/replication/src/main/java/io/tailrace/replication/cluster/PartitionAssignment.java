package io.tailrace.replication.cluster;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * The brokers that hold a partition. During a reassignment (KIP-455) the old and the new ones hold it.
 *
 * @param replicas broker ids, all different, the preferred leader first; in a reassignment the target's first, then the
 *     others
 * @param adding members of {@code replicas} that did not hold it before the reassignment
 * @param removing members of {@code replicas} that will not hold it after the reassignment. A broker that was being added
 *     when the target changed is in both lists
 */
public record PartitionAssignment(List<Integer> replicas, List<Integer> adding, List<Integer> removing) {
    public PartitionAssignment {
        replicas = List.copyOf(replicas);
        adding = List.copyOf(adding);
        removing = List.copyOf(removing);
        if (replicas.isEmpty() || new HashSet<>(replicas).size() != replicas.size()) {
            throw new IllegalArgumentException("replicas must be at least one and all different, are " + replicas);
        }
    }

    /** An assignment without a reassignment. */
    public static PartitionAssignment of(List<Integer> replicas) {
        return new PartitionAssignment(replicas, List.of(), List.of());
    }

    /** Whether the partition is being reassigned. */
    public boolean reassigning() {
        return !adding.isEmpty() || !removing.isEmpty();
    }

    /** The brokers that held it before the current reassignment; without one, those that hold it. */
    public List<Integer> before() {
        return without(replicas, adding);
    }

    /** The brokers that hold it once the reassignment has ended, the preferred leader first. */
    public List<Integer> target() {
        return without(replicas, removing);
    }

    /** The new replicas, which must be in sync before the reassignment can end. */
    public List<Integer> joining() {
        return without(adding, removing);
    }

    /**
     * This assignment on its way to {@code target}; it is there at once if no replica is added or removed. Replaces the
     * current reassignment; with {@link #before} as the target it is cancelled.
     *
     * @param target broker ids, at least one and all different, the preferred leader first
     */
    public PartitionAssignment reassignedTo(List<Integer> target) {
        List<Integer> all = new ArrayList<>(target);
        all.addAll(without(replicas, target));
        return new PartitionAssignment(all, without(all, before()), without(all, target));
    }

    /**
     * How many replicas the partition counts as having: during a reassignment the smaller of before and after, so that
     * moving a single replica never requires two.
     */
    public int replicationFactor() {
        return Math.max(1, Math.min(before().size(), target().size()));
    }

    /** The replica that should lead when all are healthy: the first of the target. */
    public int preferredLeader() {
        List<Integer> staying = target();
        return staying.isEmpty() ? replicas.get(0) : staying.get(0);
    }

    private static List<Integer> without(List<Integer> ids, List<Integer> left) {
        return left.isEmpty()
                ? ids
                : ids.stream().filter(id -> !left.contains(id)).toList();
    }
}
