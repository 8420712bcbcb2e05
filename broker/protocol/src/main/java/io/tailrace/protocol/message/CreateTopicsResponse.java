package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which topics were created.
 *
 * @param throttleTimeMs how long the client should pause for a quota's sake
 * @param topics the answers by topic
 */
public record CreateTopicsResponse(int throttleTimeMs, List<Topic> topics) implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.CREATE_TOPICS;
    }

    /**
     * The answer for a topic.
     *
     * @param name the topic
     * @param errorCode what went wrong
     * @param errorMessage what went wrong, for people; null for nothing to add
     */
    public record Topic(
            String name, ErrorCode errorCode, @Nullable String errorMessage) {}
}
