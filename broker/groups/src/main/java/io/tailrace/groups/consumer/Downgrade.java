package io.tailrace.groups.consumer;

import io.tailrace.groups.ClassicGeneration;
import io.tailrace.groups.ClassicGroup;
import io.tailrace.groups.ClassicGroupState;
import io.tailrace.groups.ClassicMember;
import io.tailrace.groups.ClassicMemberState;
import io.tailrace.groups.ClassicMembers;
import io.tailrace.groups.ConsumerMember;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.JoinDetails;
import io.tailrace.groups.MemberClient;
import io.tailrace.groups.rebalance.ClassicDecision;
import io.tailrace.groups.rebalance.Rebalance;
import io.tailrace.protocol.group.ConsumerGroupMemberMetadataValue;
import io.tailrace.protocol.group.ConsumerGroupMemberMetadataValue.ClassicMemberMetadata;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.shard.Decision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns a group of the consumer protocol back into one of the classic protocol, because its last member of the consumer protocol has
 * left. The members keep their partitions until they have joined the next generation, which starts at once.
 */
final class Downgrade {
    private Downgrade() {}

    /** Whether only members of the classic protocol are left, and the group may change its protocol. */
    static boolean isDue(ConsumerDecision decision) {
        Map<String, ConsumerMember> left = decision.draft().members();
        return decision.settings().migration().downgrade()
                && !left.isEmpty()
                && left.size() <= decision.state().settings().classic().membersMax()
                && left.values().stream().allMatch(ConsumerMember::isClassic)
                && !commonProtocols(left).isEmpty();
    }

    /** Ends the decision: the draft is dropped but for its members. */
    static Decision<GroupsShard> decide(ConsumerDecision decision) {
        GroupDraft draft = decision.draft();
        Map<String, ClassicMember> members = new LinkedHashMap<>();
        draft.members().forEach((id, member) -> members.put(id, converted(decision, member)));
        String protocol = commonProtocols(draft.members()).get(0);
        ClassicGeneration generation = new ClassicGeneration(
                draft.epoch(),
                ClassicGroup.CONSUMER,
                protocol,
                members.keySet().iterator().next());
        ClassicGroup group = new ClassicGroup(
                draft.groupId(),
                ClassicGroupState.STABLE,
                decision.nowMs(),
                generation,
                new ClassicMembers(members, Set.of()),
                null);
        ClassicDecision classic = new ClassicDecision(decision.state(), group, decision.nowMs());
        classic.store();
        members.values().forEach(classic::expectHeartbeat);
        Rebalance.prepare(classic);
        return decision.end(classic.build());
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
