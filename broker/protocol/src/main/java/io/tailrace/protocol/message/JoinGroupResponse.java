package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The generation that a member has joined.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param errorCode the error
 * @param generationId the generation; -1 for none
 * @param protocolName the assignor that all members support; empty for none
 * @param leader the member that computes the assignment
 * @param memberId the member that has joined
 * @param members all members, for the leader; empty for the others
 */
public record JoinGroupResponse(
        @Since(2) int throttleTimeMs,
        ErrorCode errorCode,
        @Default("-1") int generationId,
        String protocolName,
        String leader,
        String memberId,
        List<Member> members)
        implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.JOIN_GROUP;
    }

    /**
     * A member of the generation.
     *
     * @param memberId its id
     * @param groupInstanceId the id of a static member (KIP-345); null for none
     * @param metadata its subscription, as it sent it
     */
    public record Member(
            String memberId, @Since(5) @Nullable String groupInstanceId, Bytes metadata) {}
}
