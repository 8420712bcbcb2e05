package io.tailrace.groups.consumer;

import io.tailrace.groups.Assignment;
import io.tailrace.groups.ConsumerGroup;
import io.tailrace.groups.ConsumerMember;
import io.tailrace.protocol.codec.GroupRecords;
import io.tailrace.protocol.group.ConsumerGroupCurrentMemberAssignmentKey;
import io.tailrace.protocol.group.ConsumerGroupMemberMetadataKey;
import io.tailrace.protocol.group.ConsumerGroupMetadataKey;
import io.tailrace.protocol.group.ConsumerGroupMetadataValue;
import io.tailrace.protocol.group.ConsumerGroupRegularExpressionKey;
import io.tailrace.protocol.group.ConsumerGroupTargetAssignmentMemberKey;
import io.tailrace.protocol.group.ConsumerGroupTargetAssignmentMemberValue;
import io.tailrace.protocol.group.ConsumerGroupTargetAssignmentMemberValue.TopicPartition;
import io.tailrace.protocol.group.ConsumerGroupTargetAssignmentMetadataKey;
import io.tailrace.protocol.group.ConsumerGroupTargetAssignmentMetadataValue;
import io.tailrace.protocol.group.GroupRecordKey;
import io.tailrace.protocol.group.GroupRecordValue;
import io.tailrace.shard.StoredRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The records that turn a group into its {@link GroupDraft}, in the order in which Kafka writes them. */
final class DraftRecords {
    private final GroupDraft draft;
    private final ConsumerGroup base;
    private final String groupId;
    private final List<StoredRecord> records = new ArrayList<>();

    private DraftRecords(GroupDraft draft) {
        this.draft = draft;
        this.base = draft.base();
        this.groupId = draft.groupId();
    }

    /**
     * The records of a draft; empty if nothing has changed.
     *
     * @param nowMs wall-clock time
     */
    static List<StoredRecord> of(GroupDraft draft, long nowMs) {
        DraftRecords all = new DraftRecords(draft);
        all.removedMembers();
        all.metadata();
        all.patterns();
        all.epoch();
        all.targets(nowMs);
        all.assignments();
        return all.records;
    }

    private void add(GroupRecordKey key, @Nullable GroupRecordValue value) {
        records.add(
                new StoredRecord(GroupRecords.encodeKey(key), value == null ? null : GroupRecords.encodeValue(value)));
    }

    private void removedMembers() {
        draft.changedMembers().forEach((id, member) -> {
            if (member.isEmpty() && base.member(id) != null) {
                removeMember(id);
            }
        });
    }

    private void removeMember(String id) {
        add(new ConsumerGroupCurrentMemberAssignmentKey(groupId, id), null);
        add(new ConsumerGroupTargetAssignmentMemberKey(groupId, id), null);
        add(new ConsumerGroupMemberMetadataKey(groupId, id), null);
    }

    private void metadata() {
        draft.changedMembers()
                .forEach((id, changed) -> changed.ifPresent(member -> {
                    ConsumerMember before = base.member(id);
                    if (before == null || !before.metadata().equals(member.metadata())) {
                        add(new ConsumerGroupMemberMetadataKey(groupId, id), member.metadata());
                    }
                }));
    }

    private void patterns() {
        draft.changedPatterns().forEach((pattern, matched) -> {
            if (!Objects.equals(base.patterns().get(pattern), matched.orElse(null))) {
                add(new ConsumerGroupRegularExpressionKey(groupId, pattern), matched.orElse(null));
            }
        });
    }

    private void epoch() {
        if (draft.epoch() != base.epoch() || draft.topicsHash() != base.topicsHash()) {
            add(
                    new ConsumerGroupMetadataKey(groupId),
                    new ConsumerGroupMetadataValue(draft.epoch(), draft.topicsHash()));
        }
    }

    private void targets(long nowMs) {
        draft.changedTargets().forEach((id, target) -> {
            if (!target.equals(base.targets().get(id))) {
                add(new ConsumerGroupTargetAssignmentMemberKey(groupId, id), stored(target));
            }
        });
        if (draft.targetEpoch() != base.targetEpoch()) {
            add(
                    new ConsumerGroupTargetAssignmentMetadataKey(groupId),
                    new ConsumerGroupTargetAssignmentMetadataValue(draft.targetEpoch(), nowMs));
        }
    }

    private static ConsumerGroupTargetAssignmentMemberValue stored(Assignment target) {
        List<TopicPartition> topics = new ArrayList<>();
        target.topics().forEach((topic, partitions) -> topics.add(new TopicPartition(topic, List.copyOf(partitions))));
        return new ConsumerGroupTargetAssignmentMemberValue(topics);
    }

    private void assignments() {
        draft.changedMembers()
                .forEach((id, changed) -> changed.ifPresent(member -> {
                    ConsumerMember before = base.member(id);
                    if (before == null || !before.current().equals(member.current())) {
                        add(
                                new ConsumerGroupCurrentMemberAssignmentKey(groupId, id),
                                member.current().stored());
                    }
                }));
    }
}
