package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The results of {@link CreateTopicsRequest}.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param topics the results by topic
 */
public record CreateTopicsResponse(int throttleTimeMs, List<Topic> topics) implements Response {
    /** The number of partitions or replicas of a topic that was not created. */
    public static final short UNKNOWN = -1;

    @Override
    public ApiKey api() {
        return ApiKey.CREATE_TOPICS;
    }

    /**
     * The result for a topic.
     *
     * @param name the topic
     * @param errorCode the error
     * @param errorMessage describes the error; null for nothing to add
     * @param topicConfigErrorCode why the settings are not shown
     * @param numPartitions number of partitions; {@link #UNKNOWN} if the topic is not created
     * @param replicationFactor number of replicas of each partition; {@link #UNKNOWN} if the topic is not created
     * @param configs the settings (KIP-525); empty if the topic is not created
     */
    public record Topic(
            String name,
            ErrorCode errorCode,
            @Nullable String errorMessage,
            @Since(5) @Tagged(0) ErrorCode topicConfigErrorCode,
            @Since(5) @Default("-1") int numPartitions,
            @Since(5) @Default("-1") short replicationFactor,
            @Since(5) @Default("[]") @Nullable List<Config> configs) {
        /** A topic that is not created. */
        public static Topic failed(String name, ErrorCode errorCode, @Nullable String errorMessage) {
            return new Topic(name, errorCode, errorMessage, ErrorCode.NONE, UNKNOWN, UNKNOWN, List.of());
        }
    }

    /**
     * A setting.
     *
     * @param name its name
     * @param value its value
     * @param readOnly whether it cannot be changed
     * @param configSource where the value comes from, as in {@link DescribeConfigsResponse}
     * @param isSensitive whether the value is withheld, such as a password
     */
    public record Config(
            String name, @Nullable String value, boolean readOnly, byte configSource, boolean isSensitive) {}
}
