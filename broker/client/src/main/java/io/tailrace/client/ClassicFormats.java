package io.tailrace.client;

import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.codec.ConsumerProtocol;
import io.tailrace.protocol.codec.MalformedMessageException;
import io.tailrace.protocol.group.ConsumerProtocolAssignment;
import io.tailrace.protocol.group.ConsumerProtocolSubscription;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.SyncGroupRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The subscriptions and assignments that the members of a classic group send each other. */
final class ClassicFormats {
    /** The first version with owned partitions, which all clients read. */
    private static final short VERSION = 1;

    private ClassicFormats() {}

    static Bytes subscription(List<String> topics) {
        return ConsumerProtocol.encode(new ConsumerProtocolSubscription(topics, null, List.of(), -1, null), VERSION);
    }

    /** The topics of a member. A member whose subscription cannot be read gets no partitions, but does not affect the others. */
    static Set<String> topics(JoinGroupResponse.Member member) {
        try {
            return Set.copyOf(ConsumerProtocol.subscription(member.metadata()).topics());
        } catch (MalformedMessageException e) {
            return Set.of();
        }
    }

    static List<SyncGroupRequest.Assignment> assignments(Map<String, Set<TopicPartition>> byMember) {
        List<SyncGroupRequest.Assignment> assignments = new ArrayList<>();
        byMember.forEach((member, partitions) -> {
            Map<String, List<Integer>> topics = new TreeMap<>();
            partitions.forEach(partition -> topics.computeIfAbsent(partition.topic(), first -> new ArrayList<>())
                    .add(partition.partition()));
            List<ConsumerProtocolAssignment.Topic> body = new ArrayList<>();
            topics.forEach((topic, indexes) -> body.add(new ConsumerProtocolAssignment.Topic(topic, indexes)));
            assignments.add(new SyncGroupRequest.Assignment(
                    member, ConsumerProtocol.encode(new ConsumerProtocolAssignment(body, null), VERSION)));
        });
        return assignments;
    }

    /**
     * The partitions in a leader's assignment.
     *
     * @throws MalformedMessageException if it cannot be read
     */
    static Set<TopicPartition> partitions(Bytes assignment) {
        Set<TopicPartition> partitions = new TreeSet<>();
        if (assignment.size() > 0) {
            ConsumerProtocol.assignment(assignment).assignedPartitions().forEach(topic -> topic.partitions()
                    .forEach(index -> partitions.add(new TopicPartition(topic.topic(), index))));
        }
        return partitions;
    }
}
