package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks for the configuration of topics and brokers.
 *
 * @param resources the topics and brokers
 * @param includeSynonyms whether to return the other sources of each setting
 */
public record DescribeConfigsRequest(List<Resource> resources, boolean includeSynonyms)
        implements Request<DescribeConfigsResponse> {

    /** The resource is a topic. */
    public static final byte TOPIC = 2;

    /** The resource is a broker. */
    public static final byte BROKER = 4;

    @Override
    public ApiKey api() {
        return ApiKey.DESCRIBE_CONFIGS;
    }

    /**
     * A topic or a broker.
     *
     * @param resourceType {@link #TOPIC} or {@link #BROKER}
     * @param resourceName the topic's name or the broker's id; empty for all brokers
     * @param configurationKeys names of the settings; null for all
     */
    public record Resource(
            byte resourceType,
            String resourceName,
            @Nullable List<String> configurationKeys) {}
}
