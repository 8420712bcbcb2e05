package io.tailrace.coordination;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.PartitionAssignment;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which topics may be created. */
final class TopicRules {
    /** So that a log directory, the name with partition and suffix, fits a file name. */
    private static final int NAME_LENGTH_MAX = 249;

    private static final int PARTITIONS_MAX = 10_000;

    private TopicRules() {}

    /** A topic whose deletion is under way would be deleted with it. */
    static void checkNew(String topic, ClusterImage image) {
        checkName(topic, image.topics().keySet());
        if (image.deleting().contains(topic)) {
            throw new TopicException(
                    ErrorCode.TOPIC_ALREADY_EXISTS, "topic " + topic + " is still being deleted: try again");
        }
    }

    private static void checkName(String topic, Set<String> existing) {
        boolean valid =
                topic.matches("[a-zA-Z0-9._-]{1," + NAME_LENGTH_MAX + "}") && !topic.equals(".") && !topic.equals("..");
        if (!valid) {
            throw new TopicException(
                    ErrorCode.INVALID_TOPIC_EXCEPTION,
                    "topic name must be 1 to " + NAME_LENGTH_MAX
                            + " of a-z, A-Z, 0-9, '.', '_' and '-', and neither '.'" + " nor '..', is '" + topic + "'");
        }
        if (existing.contains(topic)) {
            throw exists(topic);
        }
        String metric = topic.replace('.', '_');
        for (String other : existing) {
            if (other.replace('.', '_').equals(metric)) {
                throw new TopicException(
                        ErrorCode.INVALID_TOPIC_EXCEPTION,
                        "topic name '" + topic + "' differs from existing topic '" + other
                                + "' only in '.' and '_', which metrics cannot tell apart: choose another");
            }
        }
    }

    static void checkPartitions(String topic, int had, int partitions) {
        if (partitions <= had || partitions > PARTITIONS_MAX) {
            throw new TopicException(
                    ErrorCode.INVALID_PARTITIONS,
                    "number of partitions of topic " + topic + " must be " + (had + 1) + " to " + PARTITIONS_MAX
                            + ", is " + partitions);
        }
    }

    static void checkReplicationFactor(String topic, int replicationFactor, int brokers) {
        if (replicationFactor < 1 || replicationFactor > brokers) {
            throw new TopicException(
                    ErrorCode.INVALID_REPLICATION_FACTOR,
                    "replication factor of topic " + topic + " must be 1 to " + brokers
                            + ", the number of brokers alive, is " + replicationFactor);
        }
    }

    static void checkAssignments(String topic, List<PartitionAssignment> assignments, Collection<Integer> brokers) {
        int replicationFactor = assignments.get(0).replicas().size();
        for (PartitionAssignment assignment : assignments) {
            Set<Integer> unknown = new HashSet<>(assignment.replicas());
            unknown.removeAll(brokers);
            if (!unknown.isEmpty()) {
                throw new TopicException(
                        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                        "replicas of topic " + topic + " must be on brokers that are alive, " + unknown + " are not");
            }
            if (assignment.replicas().size() != replicationFactor) {
                throw new TopicException(
                        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                        "all partitions of topic " + topic + " must have as many replicas as the first, "
                                + replicationFactor + ", one has " + assignment.replicas());
            }
        }
    }

    /** @param brokers those alive: the ones that hold the partition already may be down */
    static void checkTarget(String partition, PartitionAssignment now, List<Integer> target, Set<Integer> brokers) {
        if (target.isEmpty() || new HashSet<>(target).size() != target.size()) {
            throw new TopicException(
                    ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                    "replicas of partition " + partition + " must be at least one and all different, are " + target);
        }
        Set<Integer> unknown = new HashSet<>(target);
        unknown.removeAll(now.replicas());
        unknown.removeAll(brokers);
        if (!unknown.isEmpty()) {
            throw new TopicException(
                    ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                    "partition " + partition + " can be moved to brokers that are alive, " + unknown + " are not");
        }
    }

    static TopicException exists(String topic) {
        return new TopicException(ErrorCode.TOPIC_ALREADY_EXISTS, "topic " + topic + " exists already");
    }

    static TopicException unknown(String topic) {
        return new TopicException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "topic " + topic + " does not exist");
    }
}
