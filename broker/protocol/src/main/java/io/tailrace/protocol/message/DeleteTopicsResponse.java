package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The results of {@link DeleteTopicsRequest}.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param responses the results by topic
 */
public record DeleteTopicsResponse(int throttleTimeMs, List<Topic> responses) implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.DELETE_TOPICS;
    }

    /**
     * The result for a topic.
     *
     * @param name the topic; null if it was given by an unknown id
     * @param topicId its id, all zeros for none
     * @param errorCode the error
     * @param errorMessage describes the error; null for nothing to add
     */
    public record Topic(
            @NullableSince(6) @Nullable String name,
            @Since(6) UUID topicId,
            ErrorCode errorCode,
            @Since(5) @Nullable String errorMessage) {}
}
