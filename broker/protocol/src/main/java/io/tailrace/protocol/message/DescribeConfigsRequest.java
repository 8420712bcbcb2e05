package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks for the configuration of topics, brokers and groups.
 *
 * @param resources the topics, brokers and groups
 * @param includeSynonyms whether to return the other sources of each setting
 * @param includeDocumentation whether to return what each setting is for
 */
public record DescribeConfigsRequest(
        List<Resource> resources,
        boolean includeSynonyms,
        @Since(3) boolean includeDocumentation) implements Request<DescribeConfigsResponse> {

    /** The resource is a topic. */
    public static final byte TOPIC = 2;

    /** The resource is a broker. */
    public static final byte BROKER = 4;

    /** The resource is a consumer group. */
    public static final byte GROUP = 32;

    @Override
    public ApiKey api() {
        return ApiKey.DESCRIBE_CONFIGS;
    }

    /**
     * A topic, a broker or a group.
     *
     * @param resourceType {@link #TOPIC}, {@link #BROKER} or {@link #GROUP}
     * @param resourceName the topic's name, the broker's id, or empty for all brokers, or the group's id
     * @param configurationKeys names of the settings; null for all
     */
    public record Resource(
            byte resourceType,
            String resourceName,
            @Nullable List<String> configurationKeys) {}
}
