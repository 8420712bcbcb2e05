package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which topics have grown.
 *
 * @param throttleTimeMs how long the client should pause for a quota's sake
 * @param results the answers by topic
 */
public record CreatePartitionsResponse(int throttleTimeMs, List<Result> results) implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.CREATE_PARTITIONS;
    }

    /**
     * The answer for a topic.
     *
     * @param name the topic
     * @param errorCode what went wrong
     * @param errorMessage what went wrong, for people; null for nothing to add
     */
    public record Result(
            String name, ErrorCode errorCode, @Nullable String errorMessage) {}
}
