package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes single settings of topics and brokers (KIP-339).
 *
 * @param resources the topics and brokers
 * @param validateOnly whether to only validate the request
 */
public record IncrementalAlterConfigsRequest(List<Resource> resources, boolean validateOnly)
        implements Request<IncrementalAlterConfigsResponse> {

    /** Sets the value. */
    public static final byte SET = 0;

    /** Resets the setting to its default. */
    public static final byte DELETE = 1;

    /** Adds the value's elements to the setting, a list. */
    public static final byte APPEND = 2;

    /** Removes the value's elements from the setting, a list. */
    public static final byte SUBTRACT = 3;

    @Override
    public ApiKey api() {
        return ApiKey.INCREMENTAL_ALTER_CONFIGS;
    }

    /**
     * A topic or a broker.
     *
     * @param resourceType as in {@link DescribeConfigsRequest.Resource}
     * @param resourceName the topic's name, or the broker's id
     * @param configs the settings to change
     */
    public record Resource(byte resourceType, String resourceName, List<Config> configs) {}

    /**
     * A setting to change.
     *
     * @param name its name
     * @param configOperation the operation, such as {@link #SET}
     * @param value the value; null for {@link #DELETE}
     */
    public record Config(
            String name, byte configOperation, @Nullable String value) {}
}
