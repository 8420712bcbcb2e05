package io.tailrace.server.api;

import io.tailrace.groups.MemberClient;
import io.tailrace.groups.classic.JoinGroup;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.server.group.GroupCoordinator;
import java.util.Objects;
import java.util.UUID;

/** Joins a group of the classic protocol. The answer waits until the other members have joined. */
public final class JoinGroupHandler implements RequestHandler<JoinGroupRequest, JoinGroupResponse> {
    /** KIP-394. */
    private static final short FIRST_WITH_REQUIRED_ID = 4;

    private final GroupCoordinator groups;

    /** Passes requests to {@code groups}. */
    public JoinGroupHandler(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public ApiKey api() {
        return ApiKey.JOIN_GROUP;
    }

    @Override
    public void handle(JoinGroupRequest request, Call<JoinGroupResponse> call) {
        String clientId = Objects.requireNonNullElse(call.header().clientId(), "");
        MemberClient client = new MemberClient(clientId, call.clientHost());
        boolean memberIdRequired = call.header().version() >= FIRST_WITH_REQUIRED_ID;
        JoinGroup join = new JoinGroup(request, memberIdRequired, UUID.randomUUID(), client);
        if (call.mayWait()) {
            call.onDisconnect(groups.submit(request.groupId(), join, answer -> {
                if (isOfLeader(answer)) {
                    groups.countGeneration();
                }
                call.answer(answer);
            })::giveUp);
        } else {
            call.answer(join.refused(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS));
        }
    }

    /** Only the leader of a generation gets its members. */
    private static boolean isOfLeader(JoinGroupResponse answer) {
        return answer.errorCode() == ErrorCode.NONE && !answer.members().isEmpty();
    }
}
