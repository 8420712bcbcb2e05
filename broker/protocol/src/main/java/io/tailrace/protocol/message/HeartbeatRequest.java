package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a member of the classic protocol in its group.
 *
 * @param groupId the group
 * @param generationId the generation
 * @param memberId the member
 * @param groupInstanceId the id of a static member (KIP-345); null for none
 */
public record HeartbeatRequest(
        String groupId,
        int generationId,
        String memberId,
        @Since(3) @Nullable String groupInstanceId) implements Request<HeartbeatResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.HEARTBEAT;
    }
}
