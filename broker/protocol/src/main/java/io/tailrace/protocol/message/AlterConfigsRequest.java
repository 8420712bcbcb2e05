package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Replaces the settings of topics and brokers. Settings that are not named are reset to their defaults.
 *
 * @param resources the topics and brokers
 * @param validateOnly whether to only validate the request
 */
public record AlterConfigsRequest(List<Resource> resources, boolean validateOnly)
        implements Request<AlterConfigsResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.ALTER_CONFIGS;
    }

    /**
     * A topic or a broker.
     *
     * @param resourceType as in {@link DescribeConfigsRequest.Resource}
     * @param resourceName the topic's name, or the broker's id
     * @param configs all its settings
     */
    public record Resource(byte resourceType, String resourceName, List<Config> configs) {}

    /**
     * A setting.
     *
     * @param name its name
     * @param value its value; null is invalid
     */
    public record Config(String name, @Nullable String value) {}
}
