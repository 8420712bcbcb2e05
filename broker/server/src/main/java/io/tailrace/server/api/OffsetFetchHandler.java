package io.tailrace.server.api;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchResponse;
import io.tailrace.server.group.CommittedOffset;
import io.tailrace.server.group.OffsetCoordinator;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Returns committed offsets of groups. An unknown group has none, which is not an error. */
public final class OffsetFetchHandler implements RequestHandler<OffsetFetchRequest, OffsetFetchResponse> {
    private static final short FIRST_WITH_GROUPS = 8;
    private static final short FIRST_WITH_GROUP_ERROR = 2;
    private static final CommittedOffset NONE = new CommittedOffset(-1, -1, "", -1);

    private final OffsetCoordinator groups;

    /** Answers for these groups. */
    public OffsetFetchHandler(OffsetCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public ApiKey api() {
        return ApiKey.OFFSET_FETCH;
    }

    @Override
    public void handle(OffsetFetchRequest request, Call<OffsetFetchResponse> call) {
        short version = call.header().version();
        if (version >= FIRST_WITH_GROUPS) {
            Set<String> seen = new HashSet<>();
            List<OffsetFetchResponse.Group> answers = request.groups().stream()
                    .filter(group -> seen.add(group.groupId()))
                    .map(group -> answer(group.groupId(), group.topics(), ErrorCode.NONE))
                    .toList();
            call.answer(new OffsetFetchResponse(0, List.of(), ErrorCode.NONE, answers));
            return;
        }
        ErrorCode error = groups.coordinates(request.groupId());
        ErrorCode partitionError = version < FIRST_WITH_GROUP_ERROR ? error : ErrorCode.NONE;
        OffsetFetchResponse.Group one = answer(request.groupId(), request.topics(), partitionError);
        call.answer(new OffsetFetchResponse(0, one.topics(), one.errorCode(), List.of()));
    }

    /** @param partitionError the error of each partition, in versions without an error of the group */
    private OffsetFetchResponse.Group answer(
            String group, @Nullable List<OffsetFetchRequest.Topic> asked, ErrorCode partitionError) {
        ErrorCode error = groups.coordinates(group);
        if (error != ErrorCode.NONE && partitionError == ErrorCode.NONE) {
            return new OffsetFetchResponse.Group(group, List.of(), error);
        }
        Map<TopicPartition, CommittedOffset> committed = groups.offsets(group);
        List<OffsetFetchResponse.Topic> topics = new ArrayList<>();
        if (asked == null) {
            Map<String, List<OffsetFetchResponse.Partition>> byTopic = new TreeMap<>();
            committed.forEach(
                    (partition, offset) -> byTopic.computeIfAbsent(partition.topic(), name -> new ArrayList<>())
                            .add(answer(partition.partition(), offset, partitionError)));
            byTopic.forEach((name, partitions) -> topics.add(new OffsetFetchResponse.Topic(name, partitions)));
            return new OffsetFetchResponse.Group(group, topics, error);
        }
        SeenPartitions seen = new SeenPartitions();
        for (OffsetFetchRequest.Topic topic : asked) {
            List<OffsetFetchResponse.Partition> partitions = new ArrayList<>();
            for (int index : topic.partitionIndexes()) {
                if (!seen.add(topic.name(), index)) {
                    continue;
                }
                CommittedOffset offset =
                        index < 0 ? NONE : committed.getOrDefault(new TopicPartition(topic.name(), index), NONE);
                partitions.add(answer(index, offset, partitionError));
            }
            topics.add(new OffsetFetchResponse.Topic(topic.name(), partitions));
        }
        return new OffsetFetchResponse.Group(group, topics, error);
    }

    private static OffsetFetchResponse.Partition answer(int index, CommittedOffset offset, ErrorCode error) {
        return new OffsetFetchResponse.Partition(
                index, offset.offset(), offset.leaderEpoch(), offset.metadata(), error);
    }
}
