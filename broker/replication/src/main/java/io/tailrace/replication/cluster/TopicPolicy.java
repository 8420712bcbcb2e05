package io.tailrace.replication.cluster;

/**
 * The settings of a topic that decide about its replicas.
 *
 * @param minInsyncReplicas {@code min.insync.replicas}, at least 1
 * @param uncleanElection {@code unclean.leader.election.enable}: lead by any live replica rather than by none, and lose
 *     what it does not have
 */
public record TopicPolicy(int minInsyncReplicas, boolean uncleanElection) {
    /** One replica in sync is enough, and nobody leads who may have lost something. */
    public static final TopicPolicy DEFAULT = new TopicPolicy(1, false);

    public TopicPolicy {
        if (minInsyncReplicas < 1) {
            throw new IllegalArgumentException("min.insync.replicas must be at least 1, is " + minInsyncReplicas);
        }
    }

    /** How many replicas in sync a partition of so many replicas needs: never more than there are. */
    public int minInsync(int replicas) {
        return Math.min(minInsyncReplicas, replicas);
    }
}
