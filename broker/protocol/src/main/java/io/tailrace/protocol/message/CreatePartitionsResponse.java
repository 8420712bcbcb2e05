package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The results of {@link CreatePartitionsRequest}.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param results the results by topic
 */
public record CreatePartitionsResponse(int throttleTimeMs, List<Result> results) implements Response {
    @Override
    public ApiKey api() {
        return ApiKey.CREATE_PARTITIONS;
    }

    /**
     * The result for a topic.
     *
     * @param name the topic
     * @param errorCode the error
     * @param errorMessage describes the error; null for nothing to add
     */
    public record Result(
            String name, ErrorCode errorCode, @Nullable String errorMessage) {}
}
