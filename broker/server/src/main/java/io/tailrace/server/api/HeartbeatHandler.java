package io.tailrace.server.api;

import io.tailrace.groups.classic.Heartbeat;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.message.HeartbeatRequest;
import io.tailrace.protocol.message.HeartbeatResponse;
import io.tailrace.server.group.GroupCoordinator;

/** Keeps members of the classic protocol in their groups. */
public final class HeartbeatHandler implements RequestHandler<HeartbeatRequest, HeartbeatResponse> {
    private final GroupCoordinator groups;

    /** Passes requests to {@code groups}. */
    public HeartbeatHandler(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public ApiKey api() {
        return ApiKey.HEARTBEAT;
    }

    @Override
    public void handle(HeartbeatRequest request, Call<HeartbeatResponse> call) {
        call.onDisconnect(groups.submit(request.groupId(), new Heartbeat(request), call::answer)::giveUp);
    }
}
