package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which topics were deleted.
 *
 * @param throttleTimeMs how long the client should pause for a quota's sake
 * @param responses the answers by topic
 */
public record DeleteTopicsResponse(int throttleTimeMs, List<Topic> responses) implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.DELETE_TOPICS;
    }

    /**
     * The answer for a topic.
     *
     * @param name the topic; null if it was given by an id that is not known
     * @param topicId its id, all zero for none
     * @param errorCode what went wrong
     * @param errorMessage what went wrong, for people; null for nothing to add
     */
    public record Topic(
            @NullableSince(6) @Nullable String name,
            @Since(6) UUID topicId,
            ErrorCode errorCode,
            @Since(5) @Nullable String errorMessage) {}
}
