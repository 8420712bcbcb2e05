package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks for the member's assignment; the leader sends the assignments of all members.
 *
 * @param groupId the group
 * @param generationId the generation
 * @param memberId the member
 * @param groupInstanceId the id of a static member (KIP-345); null for none
 * @param assignments the assignments, from the leader; empty from the others
 */
public record SyncGroupRequest(
        String groupId,
        int generationId,
        String memberId,
        @Since(3) @Nullable String groupInstanceId,
        List<Assignment> assignments)
        implements Request<SyncGroupResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.SYNC_GROUP;
    }

    /**
     * The assignment of a member.
     *
     * @param memberId the member
     * @param assignment its partitions, in the assignor's own format
     */
    public record Assignment(String memberId, Bytes assignment) {}
}
