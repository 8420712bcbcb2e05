package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;

/**
 * Resources that have a configuration.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param errorCode the error
 * @param configResources the resources
 */
public record ListConfigResourcesResponse(int throttleTimeMs, ErrorCode errorCode, List<Resource> configResources)
        implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.LIST_CONFIG_RESOURCES;
    }

    /**
     * A resource.
     *
     * @param resourceName its name
     * @param resourceType its type, as in {@link DescribeConfigsRequest}; in version 0 client metrics
     */
    public record Resource(
            String resourceName, @Since(1) @Default("16") byte resourceType) {}
}
