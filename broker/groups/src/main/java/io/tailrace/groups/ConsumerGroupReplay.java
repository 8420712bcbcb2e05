package io.tailrace.groups;

import io.tailrace.protocol.group.ConsumerGroupCurrentMemberAssignmentKey;
import io.tailrace.protocol.group.ConsumerGroupCurrentMemberAssignmentValue;
import io.tailrace.protocol.group.ConsumerGroupMemberMetadataKey;
import io.tailrace.protocol.group.ConsumerGroupMemberMetadataValue;
import io.tailrace.protocol.group.ConsumerGroupMetadataKey;
import io.tailrace.protocol.group.ConsumerGroupMetadataValue;
import io.tailrace.protocol.group.ConsumerGroupRegularExpressionKey;
import io.tailrace.protocol.group.ConsumerGroupRegularExpressionValue;
import io.tailrace.protocol.group.ConsumerGroupTargetAssignmentMemberKey;
import io.tailrace.protocol.group.ConsumerGroupTargetAssignmentMemberValue;
import io.tailrace.protocol.group.ConsumerGroupTargetAssignmentMetadataKey;
import io.tailrace.protocol.group.ConsumerGroupTargetAssignmentMetadataValue;
import io.tailrace.protocol.group.GroupRecordKey;
import io.tailrace.protocol.group.GroupRecordValue;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Applies the records of groups of the consumer protocol.
 *
 * <p>Compaction keeps the newest record of each key at its own offset, so the records of a member may arrive in any order.
 */
final class ConsumerGroupReplay {
    private ConsumerGroupReplay() {}

    /** Applies a record; no value is a tombstone. */
    static void replay(GroupsShard state, GroupRecordKey key, @Nullable GroupRecordValue value) {
        if (key instanceof ConsumerGroupMetadataKey of) {
            replayEpoch(state, of.groupId(), (ConsumerGroupMetadataValue) value);
        } else if (key instanceof ConsumerGroupMemberMetadataKey of) {
            replayMember(group(state, of.groupId(), value), of.memberId(), (ConsumerGroupMemberMetadataValue) value);
        } else if (key instanceof ConsumerGroupTargetAssignmentMetadataKey of) {
            replayTargetEpoch(group(state, of.groupId(), value), (ConsumerGroupTargetAssignmentMetadataValue) value);
        } else if (key instanceof ConsumerGroupTargetAssignmentMemberKey of) {
            replayTarget(
                    group(state, of.groupId(), value), of.memberId(), (ConsumerGroupTargetAssignmentMemberValue) value);
        } else if (key instanceof ConsumerGroupCurrentMemberAssignmentKey of) {
            replayCurrent(group(state, of.groupId(), value), of.memberId(), (ConsumerGroupCurrentMemberAssignmentValue)
                    value);
        } else if (key instanceof ConsumerGroupRegularExpressionKey of) {
            ConsumerGroup group = group(state, of.groupId(), value);
            if (group != null) {
                group.setPattern(of.regularExpression(), (ConsumerGroupRegularExpressionValue) value);
            }
        }
        // The topics of a group (type 4) are superseded by the hash in the group's epoch.
    }

    /**
     * The group that a record belongs to. A record with a value creates it. For a tombstone, null if the group does not exist.
     */
    private static @Nullable ConsumerGroup group(GroupsShard state, String groupId, @Nullable GroupRecordValue value) {
        if (state.groups().get(groupId) instanceof ConsumerGroup group) {
            return group;
        }
        if (value == null) {
            return null;
        }
        ConsumerGroup created = new ConsumerGroup(groupId, state.timeline());
        state.groups().put(groupId, created);
        return created;
    }

    private static void replayEpoch(GroupsShard state, String groupId, @Nullable ConsumerGroupMetadataValue value) {
        ConsumerGroup group = group(state, groupId, value);
        if (group == null) {
            return;
        }
        if (value == null) {
            state.groups().remove(groupId);
        } else {
            group.setEpoch(value.epoch(), value.metadataHash());
        }
    }

    private static void replayMember(
            @Nullable ConsumerGroup group, String memberId, @Nullable ConsumerGroupMemberMetadataValue value) {
        if (group == null) {
            return;
        }
        if (value == null) {
            group.removeMember(memberId);
        } else {
            group.putMember(memberOrUnknown(group, memberId).with(value));
        }
    }

    private static void replayTargetEpoch(
            @Nullable ConsumerGroup group, @Nullable ConsumerGroupTargetAssignmentMetadataValue value) {
        if (group == null) {
            return;
        }
        if (value == null) {
            group.setTargetEpoch(0, 0);
        } else {
            group.setTargetEpoch(value.assignmentEpoch(), value.assignmentTimestamp());
        }
    }

    private static void replayTarget(
            @Nullable ConsumerGroup group, String memberId, @Nullable ConsumerGroupTargetAssignmentMemberValue value) {
        if (group == null) {
            return;
        }
        if (value == null) {
            group.setTarget(memberId, null);
            return;
        }
        Map<UUID, Collection<Integer>> partitions = new TreeMap<>();
        value.topicPartitions().forEach(topic -> partitions.put(topic.topicId(), topic.partitions()));
        group.setTarget(memberId, Assignment.of(partitions));
    }

    private static void replayCurrent(
            @Nullable ConsumerGroup group, String memberId, @Nullable ConsumerGroupCurrentMemberAssignmentValue value) {
        if (group == null) {
            return;
        }
        if (value != null) {
            group.putMember(memberOrUnknown(group, memberId).with(MemberAssignment.of(value)));
        } else if (group.member(memberId) != null) {
            group.putMember(memberOrUnknown(group, memberId).with(MemberAssignment.NEW));
        }
    }

    private static ConsumerMember memberOrUnknown(ConsumerGroup group, String memberId) {
        ConsumerMember member = group.member(memberId);
        return member == null ? ConsumerMember.unknown(memberId) : member;
    }
}
