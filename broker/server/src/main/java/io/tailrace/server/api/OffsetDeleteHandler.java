package io.tailrace.server.api;

import io.tailrace.groups.offsets.DeleteOffsets;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.OffsetDeleteRequest;
import io.tailrace.protocol.message.OffsetDeleteResponse;
import io.tailrace.server.group.GroupCoordinator;

/** Deletes committed offsets of a group. */
public final class OffsetDeleteHandler implements RequestHandler<OffsetDeleteRequest, OffsetDeleteResponse> {
    private final GroupCoordinator groups;

    /** Answers for these groups. */
    public OffsetDeleteHandler(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public ApiKey api() {
        return ApiKey.OFFSET_DELETE;
    }

    @Override
    public void handle(OffsetDeleteRequest request, Call<OffsetDeleteResponse> call) {
        DeleteOffsets deletion = new DeleteOffsets(request);
        if (request.groupId().isEmpty()) {
            call.answer(deletion.refused(ErrorCode.INVALID_GROUP_ID));
        } else {
            call.onDisconnect(groups.submit(request.groupId(), deletion, call::answer)::giveUp);
        }
    }
}
