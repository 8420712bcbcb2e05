package io.tailrace.groups.consumer;

import io.tailrace.groups.ClassicGeneration;
import io.tailrace.groups.ClassicGroup;
import io.tailrace.groups.ClassicGroupRecord;
import io.tailrace.groups.ClassicGroupState;
import io.tailrace.groups.ClassicMember;
import io.tailrace.groups.ClassicMemberState;
import io.tailrace.groups.ClassicMemberState.Joining;
import io.tailrace.groups.ClassicMembers;
import io.tailrace.groups.ConsumerMember;
import io.tailrace.groups.Group;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.JoinDetails;
import io.tailrace.groups.MemberClient;
import io.tailrace.groups.rebalance.ClassicDecision;
import io.tailrace.groups.rebalance.Rebalance;
import io.tailrace.protocol.group.ConsumerGroupMemberMetadataValue;
import io.tailrace.protocol.group.ConsumerGroupMemberMetadataValue.ClassicMemberMetadata;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.shard.Decision;
import io.tailrace.shard.StoredRecord;
import io.tailrace.shard.Ticket;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Turns a group of the consumer protocol back into one of the classic protocol after its last member of the consumer protocol has
 * left or has changed to the classic protocol. A rebalance starts at once, and members keep their partitions until they have
 * joined the next generation.
 */
final class Downgrade {
    private Downgrade() {}

    /** The records must fit into one batch. If they do not, the group stays as it is until members have left. */
    private static final int RECORD_BYTES_MAX = 512 << 10;

    private static final int BYTES_AROUND_RECORD_MAX = 24;

    /**
     * Ends the decision if only members of the classic protocol are left and the group may change its protocol; only the draft's
     * members are then used. Otherwise empty, and the decision goes on.
     */
    static Optional<Decision<GroupsShard>> of(ConsumerDecision decision) {
        return isDue(decision) ? ended(decision, converted(decision)) : Optional.empty();
    }

    /** Like {@link #of}, with a member whose JoinGroup waits for the next generation. */
    static Optional<Decision<GroupsShard>> withJoining(
            ConsumerDecision decision, String memberId, Ticket<JoinGroupResponse> ticket) {
        if (!isDue(decision)) {
            return Optional.empty();
        }
        ClassicGroup group = converted(decision);
        ClassicMember member = Objects.requireNonNull(group.members().get(memberId));
        return ended(decision, group.with(group.members().with(member.with(new Joining(ticket, false)))));
    }

    private static boolean isDue(ConsumerDecision decision) {
        Map<String, ConsumerMember> left = decision.draft().members();
        return decision.settings().migration().downgrade()
                && !left.isEmpty()
                && left.size() <= decision.state().settings().classic().membersMax()
                && left.values().stream().allMatch(ConsumerMember::isClassic)
                && !commonProtocols(left).isEmpty();
    }

    private static ClassicGroup converted(ConsumerDecision decision) {
        GroupDraft draft = decision.draft();
        Map<String, ClassicMember> members = new LinkedHashMap<>();
        draft.members().forEach((id, member) -> members.put(id, converted(decision, member)));
        String protocol = commonProtocols(draft.members()).get(0);
        ClassicGeneration generation = new ClassicGeneration(draft.epoch(), Group.CONSUMER, protocol, null);
        return new ClassicGroup(
                draft.groupId(),
                ClassicGroupState.STABLE,
                decision.nowMs(),
                generation,
                new ClassicMembers(members, Set.of()),
                null);
    }

    private static Optional<Decision<GroupsShard>> ended(ConsumerDecision decision, ClassicGroup group) {
        long bytes = bytes(ClassicGroupRecord.of(group));
        for (StoredRecord tombstone : decision.draft().base().tombstones()) {
            bytes += bytes(tombstone);
        }
        if (bytes > RECORD_BYTES_MAX) {
            return Optional.empty();
        }
        ClassicDecision classic = new ClassicDecision(decision.state(), group, decision.nowMs());
        classic.store();
        group.members().all().forEach(classic::expectHeartbeat);
        Rebalance.prepare(classic);
        return Optional.of(decision.end(classic.build()));
    }

    private static long bytes(StoredRecord record) {
        ByteBuffer value = record.value();
        long valueBytes = value == null ? 0 : value.remaining();
        return valueBytes + record.key().remaining() + BYTES_AROUND_RECORD_MAX;
    }

    private static ClassicMember converted(ConsumerDecision decision, ConsumerMember member) {
        ConsumerGroupMemberMetadataValue metadata = member.metadata();
        ClassicMemberMetadata classic = classic(member);
        JoinDetails details = new JoinDetails(
                metadata.instanceId(),
                new MemberClient(metadata.clientId(), metadata.clientHost()),
                classic.sessionTimeoutMs(),
                metadata.rebalanceTimeoutMs(),
                classic.supportedProtocols().stream()
                        .map(supported -> new JoinGroupRequest.Protocol(supported.name(), supported.metadata()))
                        .toList());
        return new ClassicMember(
                member.id(),
                details,
                ClassicSubscription.assignment(member.current().assigned().partitions(), classic, decision.cluster()),
                ClassicMemberState.SYNCED);
    }

    /** The protocols that all members support, in the order of the first one. */
    private static List<String> commonProtocols(Map<String, ConsumerMember> members) {
        return names(members.values().iterator().next()).stream()
                .filter(name -> members.values().stream()
                        .allMatch(member -> names(member).contains(name)))
                .toList();
    }

    private static List<String> names(ConsumerMember member) {
        return ClassicMembership.protocols(member);
    }

    private static ClassicMemberMetadata classic(ConsumerMember member) {
        ClassicMemberMetadata classic = member.metadata().classicMemberMetadata();
        if (classic == null) {
            throw new IllegalStateException("member " + member.id() + " is not of the classic protocol");
        }
        return classic;
    }
}
