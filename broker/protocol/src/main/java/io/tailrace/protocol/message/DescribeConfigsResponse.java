package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of topics and brokers.
 *
 * @param throttleTimeMs how long the client should pause for a quota's sake
 * @param results the answers by resource
 */
public record DescribeConfigsResponse(int throttleTimeMs, List<Result> results) implements Response {

    /** The setting was made for the topic. */
    public static final byte SOURCE_TOPIC = 1;

    /** The setting was made for the broker while it ran. */
    public static final byte SOURCE_DYNAMIC_BROKER = 2;

    /** The setting was made for all brokers while they ran. */
    public static final byte SOURCE_DYNAMIC_DEFAULT_BROKER = 3;

    /** The setting is in the broker's configuration file. */
    public static final byte SOURCE_STATIC_BROKER = 4;

    /** The setting was made nowhere. */
    public static final byte SOURCE_DEFAULT = 5;

    @Override
    public ApiKey api() {
        return ApiKey.DESCRIBE_CONFIGS;
    }

    /**
     * The configuration of a topic or a broker.
     *
     * @param errorCode what went wrong
     * @param errorMessage what went wrong, for people; null for nothing to add
     * @param resourceType as in the request
     * @param resourceName the topic's name or the broker's id
     * @param configs its settings
     */
    public record Result(
            ErrorCode errorCode,
            @Nullable String errorMessage,
            byte resourceType,
            String resourceName,
            List<Config> configs) {}

    /**
     * A setting.
     *
     * @param name its name
     * @param value its value; null if it has none or must not be seen
     * @param readOnly whether it cannot be changed while the broker runs
     * @param configSource where the value comes from, as {@link #SOURCE_TOPIC}
     * @param isSensitive whether the value must not be seen
     * @param synonyms where the value comes from, and what it would be otherwise; in order of precedence
     */
    public record Config(
            String name,
            @Nullable String value,
            boolean readOnly,
            byte configSource,
            boolean isSensitive,
            List<Synonym> synonyms) {}

    /**
     * A place where a setting was made.
     *
     * @param name its name there
     * @param value its value there; null if it has none or must not be seen
     * @param source the place, as {@link #SOURCE_TOPIC}
     */
    public record Synonym(String name, @Nullable String value, byte source) {}
}
