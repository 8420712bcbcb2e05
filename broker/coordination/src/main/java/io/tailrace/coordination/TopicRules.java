package io.tailrace.coordination;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.PartitionAssignment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which topics may be created, grown and reassigned. Each check throws a {@link TopicException}. */
final class TopicRules {
    /** Broker ids that a message lists. */
    private static final int LISTED_MAX = 10;

    private TopicRules() {}

    static void checkNew(String topic, ClusterImage image) {
        TopicNames.check(topic);
        Set<String> existing = image.topics().keySet();
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
        // The new topic would be deleted with the old one.
        if (image.deleting().contains(topic)) {
            throw new TopicException(
                    ErrorCode.TOPIC_ALREADY_EXISTS, "topic " + topic + " is still being deleted: try again later");
        }
    }

    static void checkPartitions(String topic, int current, int partitions) {
        if (partitions <= current || partitions > TopicNames.PARTITIONS_MAX) {
            throw new TopicException(
                    ErrorCode.INVALID_PARTITIONS,
                    "number of partitions of topic " + topic + " must be " + (current + 1) + " to "
                            + TopicNames.PARTITIONS_MAX + ", is " + partitions);
        }
    }

    static void checkAdded(String topic, int current, int partitions, int added) {
        if (current + added != partitions) {
            throw new TopicException(
                    ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                    "topic " + topic + " has " + current + " partitions, for " + partitions + " assign replicas to "
                            + (partitions - current) + ", not to " + added);
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
                        "replicas of topic " + topic + " must be on brokers that are alive, " + some(unknown)
                                + " are not");
            }
            if (assignment.replicas().size() != replicationFactor) {
                throw new TopicException(
                        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                        "all partitions of topic " + topic + " must have as many replicas as the first, "
                                + replicationFactor + ", one has "
                                + assignment.replicas().size());
            }
        }
    }

    /**
     * Applies reassignments to a topic.
     *
     * @param targets by partition: broker ids, the preferred leader first; empty to cancel a reassignment
     * @param brokers those alive; replicas that a partition has already may be on others
     * @param refused gets why a partition is refused; the others are reassigned
     */
    static TopicNode reassigned(
            String topic,
            TopicNode node,
            Map<Integer, Optional<List<Integer>>> targets,
            Set<Integer> brokers,
            Map<Integer, TopicException> refused) {
        List<PartitionAssignment> partitions = new ArrayList<>(node.partitions());
        refused.clear();
        targets.forEach((index, target) -> {
            try {
                if (index < 0 || index >= partitions.size()) {
                    throw new TopicException(
                            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                            "partition " + topic + "-" + index + " does not exist: topic " + topic + " has "
                                    + partitions.size());
                }
                partitions.set(index, reassigned(topic + "-" + index, partitions.get(index), target, brokers));
            } catch (TopicException e) {
                refused.put(index, e);
            }
        });
        return new TopicNode(node.id(), partitions);
    }

    private static PartitionAssignment reassigned(
            String partition, PartitionAssignment current, Optional<List<Integer>> target, Set<Integer> brokers) {
        if (target.isEmpty()) {
            if (!current.reassigning()) {
                throw new TopicException(
                        ErrorCode.NO_REASSIGNMENT_IN_PROGRESS, "partition " + partition + " is not being reassigned");
            }
            return current.reassignedTo(current.before());
        }
        List<Integer> replicas = target.get();
        if (replicas.isEmpty() || new HashSet<>(replicas).size() != replicas.size()) {
            throw new TopicException(
                    ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                    "replicas of partition " + partition + " must be at least one and all different, are "
                            + some(replicas));
        }
        Set<Integer> unknown = new HashSet<>(replicas);
        current.replicas().forEach(unknown::remove);
        unknown.removeAll(brokers);
        if (!unknown.isEmpty()) {
            throw new TopicException(
                    ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                    "partition " + partition + " can be moved to brokers that are alive, " + some(unknown)
                            + " are not");
        }
        return current.reassignedTo(replicas);
    }

    /** Ids for a message; a request may have any number of them. */
    private static String some(Collection<Integer> ids) {
        return ids.size() <= LISTED_MAX
                ? ids.toString()
                : ids.stream().limit(LISTED_MAX).toList() + " and " + (ids.size() - LISTED_MAX) + " more";
    }

    static TopicException exists(String topic) {
        return new TopicException(ErrorCode.TOPIC_ALREADY_EXISTS, "topic " + topic + " exists already");
    }

    static TopicException unknown(String topic) {
        return new TopicException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "topic " + topic + " does not exist");
    }
}
