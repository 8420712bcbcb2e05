package io.tailrace.server.api;

import io.tailrace.groups.MemberClient;
import io.tailrace.groups.consumer.ConsumerGroupHeartbeat;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.UuidText;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import io.tailrace.server.group.GroupCoordinator;
import java.util.Objects;
import java.util.UUID;

/** Lets members of the consumer protocol join groups, follow them and leave them. */
public final class ConsumerGroupHeartbeatHandler
        implements RequestHandler<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse> {
    private final GroupCoordinator groups;

    /** Passes requests to {@code groups}. */
    public ConsumerGroupHeartbeatHandler(GroupCoordinator groups) {
        this.groups = groups;
    }

    @Override
    public ApiKey api() {
        return ApiKey.CONSUMER_GROUP_HEARTBEAT;
    }

    @Override
    public void handle(ConsumerGroupHeartbeatRequest request, Call<ConsumerGroupHeartbeatResponse> call) {
        String clientId = Objects.requireNonNullElse(call.header().clientId(), "");
        ConsumerGroupHeartbeat heartbeat = new ConsumerGroupHeartbeat(
                request,
                call.header().version(),
                new MemberClient(clientId, call.clientHost()),
                UuidText.of(UUID.randomUUID()));
        call.onDisconnect(groups.submit(request.groupId(), heartbeat, call::answer)::giveUp);
    }
}
