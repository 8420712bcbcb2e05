package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;

/**
 * Asks for the resources that have a configuration.
 *
 * @param resourceTypes the types of the resources, as in {@link DescribeConfigsRequest}; empty for all
 */
public record ListConfigResourcesRequest(@Since(1) List<Byte> resourceTypes)
        implements Request<ListConfigResourcesResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.LIST_CONFIG_RESOURCES;
    }
}
