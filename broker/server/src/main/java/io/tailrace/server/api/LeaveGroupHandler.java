package io.tailrace.server.api;

import io.tailrace.groups.classic.LeaveGroup;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.LeaveGroupResponse;
import io.tailrace.server.group.GroupCoordinator;

/** Removes members from a group, at their own request or an administrator's. */
public final class LeaveGroupHandler implements RequestHandler<LeaveGroupRequest, LeaveGroupResponse> {
    private static final short FIRST_WITH_BATCH = 3;

    private final GroupCoordinator groups;

    /** Passes requests to {@code groups}. */
    public LeaveGroupHandler(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public ApiKey api() {
        return ApiKey.LEAVE_GROUP;
    }

    @Override
    public void handle(LeaveGroupRequest request, Call<LeaveGroupResponse> call) {
        LeaveGroup leave = new LeaveGroup(request, call.header().version() >= FIRST_WITH_BATCH);
        call.onDisconnect(groups.submit(request.groupId(), leave, call::answer)::giveUp);
    }
}
