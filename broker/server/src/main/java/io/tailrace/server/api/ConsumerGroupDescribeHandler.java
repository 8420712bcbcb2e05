package io.tailrace.server.api;

import io.tailrace.groups.consumer.DescribeConsumerGroup;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.message.ConsumerGroupDescribeRequest;
import io.tailrace.protocol.message.ConsumerGroupDescribeResponse;
import io.tailrace.server.group.GroupCoordinator;
import io.tailrace.server.shard.GatheredAnswers;
import java.util.List;

/** Describes groups of the consumer protocol. A group that the request names twice is described once. */
public final class ConsumerGroupDescribeHandler
        implements RequestHandler<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse> {
    private final GroupCoordinator groups;

    /** Asks {@code groups}. */
    public ConsumerGroupDescribeHandler(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public ApiKey api() {
        return ApiKey.CONSUMER_GROUP_DESCRIBE;
    }

    @Override
    public void handle(ConsumerGroupDescribeRequest request, Call<ConsumerGroupDescribeResponse> call) {
        List<String> ids = request.groupIds().stream().distinct().toList();
        GatheredAnswers<ConsumerGroupDescribeResponse.Group> gathered = new GatheredAnswers<>(
                ids.size(), described -> call.answer(new ConsumerGroupDescribeResponse(0, described)));
        for (int i = 0; i < ids.size(); i++) {
            groups.query(ids.get(i), new DescribeConsumerGroup(ids.get(i)), gathered.place(i));
        }
    }
}
