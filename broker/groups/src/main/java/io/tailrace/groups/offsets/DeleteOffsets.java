package io.tailrace.groups.offsets;

import io.tailrace.groups.Group;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.StoredOffset;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.OffsetDeleteRequest;
import io.tailrace.protocol.message.OffsetDeleteResponse;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Ticket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Deletes committed offsets of a group, except those of topics that its members read. Offsets of deleted topics can be deleted.
 *
 * @param request the request
 */
public record DeleteOffsets(OffsetDeleteRequest request) implements Operation<GroupsShard, OffsetDeleteResponse> {
    private static final String CONSUMERS = "consumer";

    @Override
    public Decision<GroupsShard> decide(GroupsShard state, Ticket<OffsetDeleteResponse> ticket, long nowMs) {
        Group group = state.groups().get(request.groupId());
        Map<TopicPartition, StoredOffset> offsets = state.offsets().newest(request.groupId());
        if (group == null && offsets.isEmpty()) {
            return Decision.reply(ticket, refused(ErrorCode.GROUP_ID_NOT_FOUND));
        }
        Group members = group == null || group.isEmpty() ? null : group;
        if (members != null && !members.protocolType().equals(CONSUMERS)) {
            return Decision.reply(ticket, refused(ErrorCode.NON_EMPTY_GROUP));
        }
        Decision.Builder<GroupsShard> decision = new Decision.Builder<>();
        Set<TopicPartition> deleted = new HashSet<>();
        List<OffsetDeleteResponse.Topic> topics = new ArrayList<>();
        for (OffsetDeleteRequest.Topic topic : request.topics()) {
            boolean isRead = members != null && members.isSubscribedTo(topic.name());
            List<OffsetDeleteResponse.Partition> results = new ArrayList<>();
            for (OffsetDeleteRequest.Partition each : topic.partitions()) {
                int index = each.partitionIndex();
                ErrorCode error = isRead ? ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC : error(state, topic.name(), index);
                if (error == ErrorCode.NONE) {
                    TopicPartition partition = new TopicPartition(topic.name(), index);
                    if (offsets.containsKey(partition) && deleted.add(partition)) {
                        decision.append(OffsetRecords.tombstone(request.groupId(), partition));
                    }
                }
                results.add(new OffsetDeleteResponse.Partition(index, error));
            }
            topics.add(new OffsetDeleteResponse.Topic(topic.name(), results));
        }
        return decision.reply(ticket, new OffsetDeleteResponse(ErrorCode.NONE, 0, topics))
                .build();
    }

    /** A partition without an offset is only an error if it does not exist. */
    private ErrorCode error(GroupsShard state, String topic, int index) {
        boolean exists = state.cluster()
                .topic(topic)
                .filter(known -> index >= 0 && index < known.partitions())
                .isPresent();
        boolean isDeletable = exists
                || (index >= 0
                        && state.offsets().newest(request.groupId()).containsKey(new TopicPartition(topic, index)));
        return isDeletable ? ErrorCode.NONE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    }

    @Override
    public OffsetDeleteResponse refused(ErrorCode error) {
        return new OffsetDeleteResponse(error, 0, List.of());
    }
}
