package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state and the members of groups.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param groups the groups
 */
public record DescribeGroupsResponse(@Since(1) int throttleTimeMs, List<Group> groups) implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.DESCRIBE_GROUPS;
    }

    /**
     * A group.
     *
     * @param errorCode the error
     * @param groupId the group
     * @param groupState its state, such as {@code Stable}; {@code Dead} if it does not exist
     * @param protocolType what its members have in common, {@code consumer} for consumers
     * @param protocolData the assignor that it uses; empty for none
     * @param members its members
     * @param authorizedOperations bit set of the operations the client is allowed; {@link Integer#MIN_VALUE} if not requested
     */
    public record Group(
            ErrorCode errorCode,
            String groupId,
            String groupState,
            String protocolType,
            String protocolData,
            List<Member> members,
            @Since(3) @Default("-2147483648") int authorizedOperations) {}

    /**
     * A member.
     *
     * @param memberId its id
     * @param groupInstanceId the id of a static member (KIP-345); null for none
     * @param clientId the name that its client gives itself
     * @param clientHost the address of its client
     * @param memberMetadata its subscription
     * @param memberAssignment its assignment
     */
    public record Member(
            String memberId,
            @Since(4) @Nullable String groupInstanceId,
            String clientId,
            String clientHost,
            Bytes memberMetadata,
            Bytes memberAssignment) {}
}
