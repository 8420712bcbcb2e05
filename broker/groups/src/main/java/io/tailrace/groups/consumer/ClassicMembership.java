package io.tailrace.groups.consumer;

import io.tailrace.groups.ConsumerGroup;
import io.tailrace.groups.ConsumerMember;
import io.tailrace.groups.MemberState;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.group.ConsumerGroupMemberMetadataValue.ClassicMemberMetadata;
import io.tailrace.protocol.group.ConsumerGroupMemberMetadataValue.ClassicProtocol;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Members of the classic protocol in a group of the consumer protocol: their epoch is their generation. */
final class ClassicMembership {
    private ClassicMembership() {}

    /** The assignors that a member supports; none for a member of the consumer protocol. */
    static List<String> protocols(ConsumerMember member) {
        ClassicMemberMetadata classic = member.metadata().classicMemberMetadata();
        return classic == null
                ? List.of()
                : classic.supportedProtocols().stream()
                        .map(ClassicProtocol::name)
                        .toList();
    }

    /** Why a request of a member of the classic protocol is refused; {@code NONE} if it is not. */
    static ErrorCode error(ConsumerGroup group, String memberId, @Nullable String instanceId, int generation) {
        ConsumerMember member = group.member(memberId);
        if (instanceId != null && group.staticMember(instanceId) != null) {
            ConsumerMember current = group.staticMember(instanceId);
            if (current != null && !current.id().equals(memberId)) {
                return ErrorCode.FENCED_INSTANCE_ID;
            }
        }
        if (member == null || !member.isClassic()) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        return member.current().epoch() == generation ? ErrorCode.NONE : ErrorCode.ILLEGAL_GENERATION;
    }

    /**
     * Whether a member must join again: the group is in a later epoch, it must give up partitions, or partitions that it waited
     * for are free.
     */
    static boolean mustRejoin(ConsumerGroup group, ConsumerMember member) {
        return member.current().epoch() < group.epoch()
                || member.current().state() == MemberState.UNREVOKED_PARTITIONS
                || (member.current().state() == MemberState.UNRELEASED_PARTITIONS && hasFreePartition(group, member));
    }

    private static boolean hasFreePartition(ConsumerGroup group, ConsumerMember member) {
        return group.target(member.id()).topics().entrySet().stream().anyMatch(topic -> topic.getValue().stream()
                .anyMatch(partition -> isFree(group, topic.getKey(), partition)));
    }

    private static boolean isFree(ConsumerGroup group, UUID topic, int partition) {
        return group.holder(topic, partition) == null;
    }
}
