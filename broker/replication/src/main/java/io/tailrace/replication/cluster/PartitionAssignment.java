package io.tailrace.replication.cluster;

import java.util.HashSet;
import java.util.List;

/**
 * Which brokers hold a partition.
 *
 * @param replicas broker ids, all different, the preferred leader first; while it is being reassigned the old ones and
 *     the new ones
 * @param adding those of {@code replicas} that a reassignment brings in
 * @param removing those of {@code replicas} that a reassignment lets go
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

    /** The replica that should lead when all are well: the first one that stays. */
    public int preferredLeader() {
        for (int replica : replicas) {
            if (!removing.contains(replica)) {
                return replica;
            }
        }
        return replicas.get(0);
    }
}
