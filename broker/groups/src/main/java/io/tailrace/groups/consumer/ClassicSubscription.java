package io.tailrace.groups.consumer;

import io.tailrace.groups.Assignment;
import io.tailrace.groups.ClusterSnapshot;
import io.tailrace.groups.MemberClient;
import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.codec.ConsumerProtocol;
import io.tailrace.protocol.codec.MalformedMessageException;
import io.tailrace.protocol.group.ConsumerGroupMemberMetadataValue;
import io.tailrace.protocol.group.ConsumerGroupMemberMetadataValue.ClassicMemberMetadata;
import io.tailrace.protocol.group.ConsumerGroupMemberMetadataValue.ClassicProtocol;
import io.tailrace.protocol.group.ConsumerProtocolAssignment;
import io.tailrace.protocol.group.ConsumerProtocolSubscription;
import io.tailrace.protocol.message.JoinGroupRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The subscription and owned partitions that a member of the classic protocol brings into a group of the consumer protocol.
 *
 * @param classic its metadata
 * @param subscription the subscription in that metadata
 */
record ClassicSubscription(ClassicMemberMetadata classic, ConsumerProtocolSubscription subscription) {
    /**
     * Reads a member's metadata.
     *
     * @param protocols the assignors that it supports, at least one
     * @param protocol the one to read the subscription of; null or unknown for the first
     * @throws MalformedMessageException if it is not a subscription of a consumer
     */
    static ClassicSubscription of(
            List<JoinGroupRequest.Protocol> protocols, int sessionTimeoutMs, @Nullable String protocol) {
        JoinGroupRequest.Protocol chosen = protocols.stream()
                .filter(supported -> supported.name().equals(protocol))
                .findFirst()
                .orElseGet(() -> protocols.get(0));
        List<ClassicProtocol> stored = protocols.stream()
                .map(supported -> new ClassicProtocol(supported.name(), supported.metadata()))
                .toList();
        return new ClassicSubscription(
                new ClassicMemberMetadata(sessionTimeoutMs, stored), ConsumerProtocol.subscription(chosen.metadata()));
    }

    /** The member's metadata as it is stored. */
    ConsumerGroupMemberMetadataValue metadata(
            @Nullable String instanceId, MemberClient client, int rebalanceTimeoutMs) {
        return new ConsumerGroupMemberMetadataValue(
                instanceId,
                subscription.rackId(),
                client.clientId(),
                client.host(),
                List.copyOf(new TreeSet<>(subscription.topics())),
                null,
                rebalanceTimeoutMs,
                null,
                classic);
    }

    /** The partitions that the member reports to have. One that reports none has given up everything before it joined. */
    Assignment owned(ClusterSnapshot cluster) {
        TreeMap<UUID, Collection<Integer>> partitions = new TreeMap<>();
        subscription.ownedPartitions().forEach(owned -> add(owned.topic(), owned.partitions(), cluster, partitions));
        return Assignment.of(partitions);
    }

    /**
     * The partitions in an assignment, of topics that exist.
     *
     * @param assignment empty for none
     * @throws MalformedMessageException if it is not an assignment of a consumer
     */
    static Assignment partitions(Bytes assignment, ClusterSnapshot cluster) {
        TreeMap<UUID, Collection<Integer>> partitions = new TreeMap<>();
        if (assignment.size() > 0) {
            ConsumerProtocol.assignment(assignment)
                    .assignedPartitions()
                    .forEach(topic -> add(topic.topic(), topic.partitions(), cluster, partitions));
        }
        return Assignment.of(partitions);
    }

    private static void add(
            String name,
            List<Integer> indexes,
            ClusterSnapshot cluster,
            TreeMap<UUID, Collection<Integer>> partitions) {
        cluster.topic(name).ifPresent(topic -> partitions
                .computeIfAbsent(topic.id(), absent -> new ArrayList<>())
                .addAll(indexes));
    }

    /** An assignment as consumers of the classic protocol read it. Topics that no longer exist are left out. */
    static Bytes assignment(Assignment assigned, ClassicMemberMetadata member, ClusterSnapshot cluster) {
        List<ConsumerProtocolAssignment.Topic> topics = new ArrayList<>();
        assigned.topics().forEach((id, partitions) -> cluster.topic(id)
                .ifPresent(topic ->
                        topics.add(new ConsumerProtocolAssignment.Topic(topic.name(), List.copyOf(partitions)))));
        return ConsumerProtocol.encode(new ConsumerProtocolAssignment(topics, null), version(member));
    }

    /** The version that the member writes. Only the metadata of the protocol that was chosen is known to be readable. */
    private static short version(ClassicMemberMetadata member) {
        for (ClassicProtocol supported : member.supportedProtocols()) {
            try {
                return ConsumerProtocol.version(supported.metadata());
            } catch (MalformedMessageException e) {
                // The next protocol may have it.
            }
        }
        return 0;
    }
}
