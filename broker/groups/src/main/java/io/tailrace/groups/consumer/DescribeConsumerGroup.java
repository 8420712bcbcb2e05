package io.tailrace.groups.consumer;

import io.tailrace.groups.Assignment;
import io.tailrace.groups.ClusterSnapshot;
import io.tailrace.groups.ConsumerGroup;
import io.tailrace.groups.ConsumerGroupSnapshot;
import io.tailrace.groups.ConsumerMember;
import io.tailrace.groups.Group;
import io.tailrace.groups.GroupsShard;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.group.ConsumerGroupMemberMetadataValue;
import io.tailrace.protocol.message.ConsumerGroupDescribeResponse;
import io.tailrace.protocol.message.ConsumerGroupDescribeResponse.TopicPartitions;
import io.tailrace.shard.Query;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Describes a group of the consumer protocol.
 *
 * @param groupId the group
 */
public record DescribeConsumerGroup(String groupId) implements Query<GroupsShard, ConsumerGroupDescribeResponse.Group> {
    private static final int OPERATIONS_NOT_ASKED_FOR = Integer.MIN_VALUE;

    @Override
    public ConsumerGroupDescribeResponse.Group answer(GroupsShard state, long nowMs) {
        Group group = state.groups().committed(groupId);
        if (!(group instanceof ConsumerGroup consumers)) {
            return error(
                    ErrorCode.GROUP_ID_NOT_FOUND,
                    group == null
                            ? "Group " + groupId + " does not exist"
                            : "Group " + groupId + " is not a group of the consumer protocol");
        }
        ConsumerGroupSnapshot committed = consumers.committed();
        String assignor = TargetAssignment.chosen(
                committed.members(), state.settings().consumer().assignors());
        List<ConsumerGroupDescribeResponse.Member> members = committed.members().stream()
                .map(member -> described(
                        member, committed.targets().getOrDefault(member.id(), Assignment.EMPTY), state.cluster()))
                .toList();
        return new ConsumerGroupDescribeResponse.Group(
                ErrorCode.NONE,
                null,
                groupId,
                committed.state().text(),
                committed.epoch(),
                committed.targetEpoch(),
                assignor,
                members,
                OPERATIONS_NOT_ASKED_FOR);
    }

    private static ConsumerGroupDescribeResponse.Member described(
            ConsumerMember member, Assignment target, ClusterSnapshot cluster) {
        ConsumerGroupMemberMetadataValue metadata = member.metadata();
        return new ConsumerGroupDescribeResponse.Member(
                member.id(),
                metadata.instanceId(),
                metadata.rackId(),
                member.current().epoch(),
                metadata.clientId(),
                metadata.clientHost(),
                metadata.subscribedTopicNames(),
                metadata.subscribedTopicRegex(),
                described(member.current().assigned().partitions(), cluster),
                described(target, cluster),
                member.isClassic()
                        ? ConsumerGroupDescribeResponse.CLASSIC_MEMBER
                        : ConsumerGroupDescribeResponse.CONSUMER_MEMBER);
    }

    /** Partitions of topics that no longer exist have no name, and are left out. */
    private static ConsumerGroupDescribeResponse.Assignment described(Assignment assignment, ClusterSnapshot cluster) {
        List<TopicPartitions> topics = new ArrayList<>();
        assignment.topics().forEach((id, partitions) -> cluster.topic(id)
                .ifPresent(topic -> topics.add(new TopicPartitions(id, topic.name(), List.copyOf(partitions)))));
        return new ConsumerGroupDescribeResponse.Assignment(topics);
    }

    private ConsumerGroupDescribeResponse.Group error(ErrorCode error, @Nullable String message) {
        return new ConsumerGroupDescribeResponse.Group(
                error, message, groupId, "", 0, 0, "", List.of(), OPERATIONS_NOT_ASKED_FOR);
    }

    @Override
    public ConsumerGroupDescribeResponse.Group refused(ErrorCode error) {
        return error(error, null);
    }
}
