package io.tailrace.server.api;

import io.tailrace.groups.classic.DescribeGroup;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.message.DescribeGroupsRequest;
import io.tailrace.protocol.message.DescribeGroupsResponse;
import io.tailrace.server.group.GroupCoordinator;
import io.tailrace.server.shard.GatheredAnswers;
import java.util.List;

/** Describes groups of the classic protocol. A group that the request names twice is described once. */
public final class DescribeGroupsHandler implements RequestHandler<DescribeGroupsRequest, DescribeGroupsResponse> {
    private final GroupCoordinator groups;

    /** Asks {@code groups}. */
    public DescribeGroupsHandler(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public ApiKey api() {
        return ApiKey.DESCRIBE_GROUPS;
    }

    @Override
    public void handle(DescribeGroupsRequest request, Call<DescribeGroupsResponse> call) {
        List<String> ids = request.groups().stream().distinct().toList();
        GatheredAnswers<DescribeGroupsResponse.Group> gathered =
                new GatheredAnswers<>(ids.size(), described -> call.answer(new DescribeGroupsResponse(0, described)));
        for (int i = 0; i < ids.size(); i++) {
            groups.query(ids.get(i), new DescribeGroup(ids.get(i)), gathered.place(i));
        }
    }
}
