package io.tailrace.server.api;

import io.tailrace.groups.classic.SyncGroup;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupResponse;
import io.tailrace.server.group.GroupCoordinator;

/** Returns a member's assignment. The answer waits until the leader of the group has sent the assignments. */
public final class SyncGroupHandler implements RequestHandler<SyncGroupRequest, SyncGroupResponse> {
    private final GroupCoordinator groups;

    /** Passes requests to {@code groups}. */
    public SyncGroupHandler(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public ApiKey api() {
        return ApiKey.SYNC_GROUP;
    }

    @Override
    public void handle(SyncGroupRequest request, Call<SyncGroupResponse> call) {
        SyncGroup sync = new SyncGroup(request);
        if (call.mayWait()) {
            call.onDisconnect(groups.submit(request.groupId(), sync, call::answer)::giveUp);
        } else {
            call.answer(sync.refused(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS));
        }
    }
}
