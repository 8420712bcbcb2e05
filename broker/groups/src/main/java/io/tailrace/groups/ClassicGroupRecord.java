package io.tailrace.groups;

import io.tailrace.protocol.codec.GroupRecords;
import io.tailrace.protocol.group.GroupMetadataKey;
import io.tailrace.protocol.group.GroupMetadataValue;
import io.tailrace.protocol.group.GroupMetadataValue.MemberMetadata;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.shard.StoredRecord;
import io.tailrace.shard.TimelineMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The stored record of a group of the classic protocol. */
public final class ClassicGroupRecord {
    private ClassicGroupRecord() {}

    /** Stores a group that is stable or empty. */
    public static StoredRecord of(ClassicGroup group) {
        ClassicGeneration generation = group.generation();
        List<MemberMetadata> members = group.members().all().stream()
                .map(member -> stored(member, generation.protocol()))
                .toList();
        GroupMetadataValue value = new GroupMetadataValue(
                generation.protocolType(),
                generation.id(),
                generation.protocol(),
                generation.leader(),
                group.stateSinceMs(),
                members);
        return new StoredRecord(
                GroupRecords.encodeKey(new GroupMetadataKey(group.groupId())), GroupRecords.encodeValue(value));
    }

    /** Removes a group. */
    public static StoredRecord tombstone(String groupId) {
        return new StoredRecord(GroupRecords.encodeKey(new GroupMetadataKey(groupId)), null);
    }

    private static MemberMetadata stored(ClassicMember member, @Nullable String protocol) {
        JoinDetails details = member.details();
        return new MemberMetadata(
                member.memberId(),
                details.instanceId(),
                details.client().clientId(),
                details.client().host(),
                details.rebalanceTimeoutMs(),
                details.sessionTimeoutMs(),
                member.metadata(protocol),
                member.assignment());
    }

    /** Applies a record; no value is a tombstone. */
    static void replay(TimelineMap<String, Group> groups, GroupMetadataKey key, @Nullable GroupMetadataValue value) {
        if (value != null) {
            groups.put(key.group(), loaded(key.group(), value));
        } else if (groups.get(key.group()) instanceof ClassicGroup) {
            groups.remove(key.group());
        }
    }

    private static ClassicGroup loaded(String groupId, GroupMetadataValue value) {
        Map<String, ClassicMember> members = new LinkedHashMap<>();
        for (MemberMetadata stored : value.members()) {
            members.put(stored.memberId(), loaded(stored, value.protocol()));
        }
        return new ClassicGroup(
                groupId,
                members.isEmpty() ? ClassicGroupState.EMPTY : ClassicGroupState.STABLE,
                value.currentStateTimestamp(),
                new ClassicGeneration(value.generation(), value.protocolType(), value.protocol(), value.leader()),
                new ClassicMembers(members, Set.of()),
                null);
    }

    private static ClassicMember loaded(MemberMetadata stored, @Nullable String protocol) {
        int rebalanceTimeoutMs = stored.rebalanceTimeout() < 0 ? stored.sessionTimeout() : stored.rebalanceTimeout();
        JoinDetails details = new JoinDetails(
                stored.groupInstanceId(),
                new MemberClient(stored.clientId(), stored.clientHost()),
                stored.sessionTimeout(),
                rebalanceTimeoutMs,
                protocol == null ? List.of() : List.of(new JoinGroupRequest.Protocol(protocol, stored.subscription())));
        return new ClassicMember(stored.memberId(), details, stored.assignment(), ClassicMemberState.SYNCED);
    }
}
