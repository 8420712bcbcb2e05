package io.tailrace.replication.cluster;

import java.util.Map;
import org.jspecify.annotations.Nullable;

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

    /**
     * The policy of a topic with these settings of its own, this one being the default. A setting that cannot be read
     * counts as absent: it was refused when it was made, and a controller must not stop over it.
     */
    public TopicPolicy with(Map<String, String> topicConfigs) {
        String unclean = topicConfigs.get("unclean.leader.election.enable");
        return new TopicPolicy(
                positiveOr(topicConfigs.get("min.insync.replicas"), minInsyncReplicas),
                unclean == null ? uncleanElection : Boolean.parseBoolean(unclean));
    }

    /** How many replicas in sync a partition of so many replicas needs: never more than there are. */
    public int minInsync(int replicas) {
        return Math.min(minInsyncReplicas, replicas);
    }

    private static int positiveOr(@Nullable String text, int otherwise) {
        if (text == null || !text.matches("[1-9][0-9]{0,8}")) {
            return otherwise;
        }
        return Integer.parseInt(text);
    }
}
