package io.tailrace.replication.cluster;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * Which brokers hold a partition. While it is being reassigned (KIP-455) both those that are to hold it and those that held it
 * do.
 *
 * @param replicas broker ids, all different, the preferred leader first; in a reassignment those that stay or come, then
 *     those that go
 * @param adding those of {@code replicas} that did not hold it before the reassignment
 * @param removing those of {@code replicas} that will not hold it after the reassignment. One that was being added when
 *     another target was asked for is in both lists
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

    /** An assignment at rest. */
    public static PartitionAssignment of(List<Integer> replicas) {
        return new PartitionAssignment(replicas, List.of(), List.of());
    }

    /** True while a reassignment is under way. */
    public boolean reassigning() {
        return !adding.isEmpty() || !removing.isEmpty();
    }

    /** Who held it before the reassignment that is under way; at rest, who holds it. */
    public List<Integer> before() {
        return without(replicas, adding);
    }

    /** Who holds it once nothing is under way any more, the preferred leader first. */
    public List<Integer> target() {
        return without(replicas, removing);
    }

    /** Those that have to be in sync before the others may go. */
    public List<Integer> joining() {
        return without(adding, removing);
    }

    /**
     * This assignment on its way to another one: at once, if nobody comes or goes. A reassignment under way is
     * replaced; with {@link #before} for a target it is taken back.
     *
     * @param target broker ids, at least one and all different, the preferred leader first
     */
    public PartitionAssignment reassignedTo(List<Integer> target) {
        List<Integer> all = new ArrayList<>(target);
        all.addAll(without(replicas, target));
        return new PartitionAssignment(all, without(all, before()), without(all, target));
    }

    /**
     * How many replicas the partition counts as having: while it is being reassigned the smaller number of before and after,
     * so that a single replica that moves is never asked to be two.
     */
    public int replicationFactor() {
        return Math.max(1, Math.min(before().size(), target().size()));
    }

    /** The replica that should lead when all are well: the first one that stays. */
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
