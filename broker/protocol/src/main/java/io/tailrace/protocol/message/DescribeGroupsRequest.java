package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;

/**
 * Asks for the state and the members of groups of the classic protocol.
 *
 * @param groups the groups
 * @param includeAuthorizedOperations whether to return which operations on the groups the client is allowed
 */
public record DescribeGroupsRequest(
        List<String> groups, @Since(3) boolean includeAuthorizedOperations) implements Request<DescribeGroupsResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.DESCRIBE_GROUPS;
    }
}
