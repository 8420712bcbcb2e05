package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Removes members from a group: one, or from version 3 several.
 *
 * @param groupId the group
 * @param memberId the member
 * @param members the members
 */
public record LeaveGroupRequest(
        String groupId, @Until(2) String memberId, @Since(3) List<Member> members)
        implements Request<LeaveGroupResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.LEAVE_GROUP;
    }

    /**
     * A member to remove.
     *
     * @param memberId the member; empty to name a static member by its instance alone
     * @param groupInstanceId the id of a static member (KIP-345); null for none
     */
    public record Member(
            String memberId, @Since(3) @Nullable String groupInstanceId) {}
}
