package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;

/**
 * Asks for the live brokers and the controller.
 *
 * @param includeClusterAuthorizedOperations whether to tell what the client may do with the cluster
 */
public record DescribeClusterRequest(boolean includeClusterAuthorizedOperations)
        implements Request<DescribeClusterResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.DESCRIBE_CLUSTER;
    }
}
