package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;

/**
 * Asks for the state and the members of groups of the consumer protocol (KIP-848).
 *
 * @param groupIds the groups
 * @param includeAuthorizedOperations whether to return which operations on the groups the client is allowed
 */
public record ConsumerGroupDescribeRequest(List<String> groupIds, boolean includeAuthorizedOperations)
        implements Request<ConsumerGroupDescribeResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.CONSUMER_GROUP_DESCRIBE;
    }
}
