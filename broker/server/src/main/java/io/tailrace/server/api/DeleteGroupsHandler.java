package io.tailrace.server.api;

import io.tailrace.groups.offsets.DeleteGroup;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DeleteGroupsRequest;
import io.tailrace.protocol.message.DeleteGroupsResponse;
import io.tailrace.server.group.GroupCoordinator;
import io.tailrace.server.shard.GatheredAnswers;
import java.util.List;
import java.util.function.Consumer;

/** Deletes groups without members, each with its own result. A group that is named twice is answered once. */
public final class DeleteGroupsHandler implements RequestHandler<DeleteGroupsRequest, DeleteGroupsResponse> {
    private final GroupCoordinator groups;

    /** Answers for these groups. */
    public DeleteGroupsHandler(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public ApiKey api() {
        return ApiKey.DELETE_GROUPS;
    }

    @Override
    public void handle(DeleteGroupsRequest request, Call<DeleteGroupsResponse> call) {
        List<String> names = request.groupsNames().stream().distinct().toList();
        GatheredAnswers<DeleteGroupsResponse.Result> results =
                new GatheredAnswers<>(names.size(), all -> call.answer(new DeleteGroupsResponse(0, all)));
        for (int i = 0; i < names.size(); i++) {
            delete(names.get(i), results.place(i));
        }
    }

    private void delete(String group, Consumer<DeleteGroupsResponse.Result> result) {
        DeleteGroup deletion = new DeleteGroup(group);
        if (group.isEmpty()) {
            result.accept(deletion.refused(ErrorCode.INVALID_GROUP_ID));
        } else {
            var unused = groups.submit(group, deletion, result);
        }
    }
}
