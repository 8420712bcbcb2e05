package io.tailrace.groups;

import io.tailrace.protocol.message.JoinGroupRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a member reports about itself when it joins.
 *
 * @param instanceId the id of a static member (KIP-345); null for a dynamic one
 * @param client its client
 * @param sessionTimeoutMs the member is removed if it sends no heartbeat for this long
 * @param rebalanceTimeoutMs how long a rebalance waits for the member
 * @param protocols the assignors that it supports, the preferred one first
 */
public record JoinDetails(
        @Nullable String instanceId,
        MemberClient client,
        int sessionTimeoutMs,
        int rebalanceTimeoutMs,
        List<JoinGroupRequest.Protocol> protocols) {
    /** Details; the list is copied. */
    public JoinDetails {
        protocols = List.copyOf(protocols);
    }

    /** The details in a request. Up to version 0 the session timeout is the rebalance timeout. */
    public static JoinDetails of(JoinGroupRequest request, MemberClient client) {
        int rebalanceTimeoutMs =
                request.rebalanceTimeoutMs() < 0 ? request.sessionTimeoutMs() : request.rebalanceTimeoutMs();
        return new JoinDetails(
                request.groupInstanceId(), client, request.sessionTimeoutMs(), rebalanceTimeoutMs, request.protocols());
    }
}
