package io.tailrace.server.api;

import io.tailrace.groups.offsets.ListGroups;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ListGroupsRequest;
import io.tailrace.protocol.message.ListGroupsResponse;
import io.tailrace.server.group.GroupCoordinator;
import java.util.List;

/**
 * Lists the groups that this broker coordinates. While some of them are loading, the answer is an error, because the list would
 * be incomplete.
 */
public final class ListGroupsHandler implements RequestHandler<ListGroupsRequest, ListGroupsResponse> {
    private final GroupCoordinator groups;

    /** Answers for these groups. */
    public ListGroupsHandler(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public ApiKey api() {
        return ApiKey.LIST_GROUPS;
    }

    @Override
    public void handle(ListGroupsRequest request, Call<ListGroupsResponse> call) {
        groups.queryAll(
                new ListGroups(request.statesFilter(), request.typesFilter()), answers -> call.answer(merged(answers)));
    }

    /** A shard that has moved to another broker is listed there. */
    private static ListGroupsResponse merged(List<ListGroupsResponse> answers) {
        ErrorCode error = answers.stream()
                .map(ListGroupsResponse::errorCode)
                .filter(each -> each != ErrorCode.NONE && each != ErrorCode.NOT_COORDINATOR)
                .findFirst()
                .orElse(ErrorCode.NONE);
        List<ListGroupsResponse.Group> all =
                answers.stream().flatMap(answer -> answer.groups().stream()).toList();
        return new ListGroupsResponse(0, error, error == ErrorCode.NONE ? all : List.of());
    }
}
