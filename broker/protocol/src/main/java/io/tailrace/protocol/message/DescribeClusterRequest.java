package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;

/**
 * Asks for the live brokers and the controller.
 *
 * @param includeClusterAuthorizedOperations whether to return which operations on the cluster the client is allowed
 */
public record DescribeClusterRequest(boolean includeClusterAuthorizedOperations)
        implements Request<DescribeClusterResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.DESCRIBE_CLUSTER;
    }
}
