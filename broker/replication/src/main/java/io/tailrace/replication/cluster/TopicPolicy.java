package io.tailrace.replication.cluster;

/**
 * The settings of a topic that concern its replicas.
 *
 * @param minInsyncReplicas {@code min.insync.replicas}, at least 1
 * @param uncleanElection {@code unclean.leader.election.enable}: elect any live replica rather than none, and lose
 *     the records it does not have
 */
public record TopicPolicy(int minInsyncReplicas, boolean uncleanElection) {
    /** One in-sync replica is enough, and no replica is elected that may have lost records. */
    public static final TopicPolicy DEFAULT = new TopicPolicy(1, false);

    public TopicPolicy {
        if (minInsyncReplicas < 1) {
            throw new IllegalArgumentException("min.insync.replicas must be at least 1, is " + minInsyncReplicas);
        }
    }

    /** How many in-sync replicas a partition with this many replicas needs, capped by their number. */
    public int minInsync(int replicas) {
        return Math.min(minInsyncReplicas, replicas);
    }
}
