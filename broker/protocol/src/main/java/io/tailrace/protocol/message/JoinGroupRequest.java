package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Joins a group by the classic protocol, or joins the next generation of it.
 *
 * @param groupId the group
 * @param sessionTimeoutMs the member is removed if it sends no heartbeat for this long
 * @param rebalanceTimeoutMs how long a rebalance waits for the member to join again; -1 for the session timeout
 * @param memberId the member; empty for a new one
 * @param groupInstanceId the id of a static member (KIP-345); null for none
 * @param protocolType what the members have in common, {@code consumer} for consumers
 * @param protocols the assignors that the member supports, the preferred one first
 */
public record JoinGroupRequest(
        String groupId,
        int sessionTimeoutMs,
        @Since(1) @Default("-1") int rebalanceTimeoutMs,
        String memberId,
        @Since(5) @Nullable String groupInstanceId,
        String protocolType,
        List<Protocol> protocols)
        implements Request<JoinGroupResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.JOIN_GROUP;
    }

    /**
     * An assignor that a member supports.
     *
     * @param name its name
     * @param metadata the member's subscription, in the assignor's own format
     */
    public record Protocol(String name, Bytes metadata) {}
}
