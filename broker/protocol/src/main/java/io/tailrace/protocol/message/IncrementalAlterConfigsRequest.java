package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes some settings of topics and brokers, and leaves the others as they are (KIP-339).
 *
 * @param resources whose settings
 * @param validateOnly whether to check only, and change nothing
 */
public record IncrementalAlterConfigsRequest(List<Resource> resources, boolean validateOnly)
        implements Request<IncrementalAlterConfigsResponse> {

    /** The setting gets the value. */
    public static final byte SET = 0;

    /** The setting goes back to its default. */
    public static final byte DELETE = 1;

    /** The value, a list, is added to that of the setting. */
    public static final byte APPEND = 2;

    /** The value, a list, is taken out of that of the setting. */
    public static final byte SUBTRACT = 3;

    @Override
    public ApiKey api() {
        return ApiKey.INCREMENTAL_ALTER_CONFIGS;
    }

    /**
     * A topic or a broker.
     *
     * @param resourceType {@link DescribeConfigsRequest#TOPIC} or {@link DescribeConfigsRequest#BROKER}
     * @param resourceName the topic's name, or the broker's id
     * @param configs the settings to change
     */
    public record Resource(byte resourceType, String resourceName, List<Config> configs) {}

    /**
     * A setting to change.
     *
     * @param name its name
     * @param configOperation what to do, as {@link #SET}
     * @param value the value; null to {@link #DELETE}
     */
    public record Config(
            String name, byte configOperation, @Nullable String value) {}
}
