package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;

/**
 * The groups that a broker coordinates.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param errorCode the error
 * @param groups the groups
 */
public record ListGroupsResponse(@Since(1) int throttleTimeMs, ErrorCode errorCode, List<Group> groups)
        implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.LIST_GROUPS;
    }

    /**
     * A group.
     *
     * @param groupId the group
     * @param protocolType what its members have in common; empty if it only has offsets
     * @param groupState its state, such as {@code Stable}
     * @param groupType {@code classic} or {@code consumer}, as the protocol of its members
     */
    public record Group(
            String groupId,
            String protocolType,
            @Since(4) String groupState,
            @Since(5) String groupType) {}
}
