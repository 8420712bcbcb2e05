package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of topics, brokers and groups.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param results the settings by topic, broker or group
 */
public record DescribeConfigsResponse(int throttleTimeMs, List<Result> results) implements Response {

    /** Set for the topic. */
    public static final byte SOURCE_TOPIC = 1;

    /** Set for the broker at run time. */
    public static final byte SOURCE_DYNAMIC_BROKER = 2;

    /** Set for all brokers at run time. */
    public static final byte SOURCE_DYNAMIC_DEFAULT_BROKER = 3;

    /** Set in the broker's configuration file. */
    public static final byte SOURCE_STATIC_BROKER = 4;

    /** Not set: the default. */
    public static final byte SOURCE_DEFAULT = 5;

    /** Set for the group. */
    public static final byte SOURCE_GROUP = 8;

    /** The type of a value that may have any. */
    public static final byte TYPE_UNKNOWN = 0;

    /** The type of {@code true} and {@code false}. */
    public static final byte TYPE_BOOLEAN = 1;

    /** The type of text. */
    public static final byte TYPE_STRING = 2;

    /** The type of whole numbers of 32 bits. */
    public static final byte TYPE_INT = 3;

    /** The type of whole numbers of 64 bits. */
    public static final byte TYPE_LONG = 5;

    /** The type of other numbers. */
    public static final byte TYPE_DOUBLE = 6;

    /** The type of lists. */
    public static final byte TYPE_LIST = 7;

    @Override
    public ApiKey api() {
        return ApiKey.DESCRIBE_CONFIGS;
    }

    /**
     * The configuration of a topic, a broker or a group.
     *
     * @param errorCode the error
     * @param errorMessage describes the error; null for nothing to add
     * @param resourceType as in the request
     * @param resourceName as in the request
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
     * @param value its value; null for none or if it is sensitive
     * @param readOnly whether it cannot be changed while the broker runs
     * @param configSource the source of the value, such as {@link #SOURCE_TOPIC}
     * @param isSensitive whether the value is withheld, such as a password
     * @param synonyms all sources that have a value, in order of precedence
     * @param configType what the value is, such as {@link #TYPE_LONG}
     * @param documentation what the setting is for; null if it was not asked for
     */
    public record Config(
            String name,
            @Nullable String value,
            boolean readOnly,
            byte configSource,
            boolean isSensitive,
            List<Synonym> synonyms,
            @Since(3) byte configType,
            @Since(3) @Default("") @Nullable String documentation) {}

    /**
     * A source of a setting.
     *
     * @param name its name in that source
     * @param value its value in that source; null for none or if it is sensitive
     * @param source the source, such as {@link #SOURCE_TOPIC}
     */
    public record Synonym(String name, @Nullable String value, byte source) {}
}
