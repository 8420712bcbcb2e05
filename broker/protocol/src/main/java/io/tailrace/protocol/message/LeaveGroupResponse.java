package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The results of {@link LeaveGroupRequest}.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param errorCode the group's error, in versions up to 2 also the member's
 * @param members the results by member
 */
public record LeaveGroupResponse(
        @Since(1) int throttleTimeMs,
        ErrorCode errorCode,
        @Since(3) List<Member> members) implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.LEAVE_GROUP;
    }

    /**
     * The result for a member.
     *
     * @param memberId the member
     * @param groupInstanceId the id of a static member (KIP-345); null for none
     * @param errorCode the error
     */
    public record Member(String memberId, @Nullable String groupInstanceId, ErrorCode errorCode) {}
}
