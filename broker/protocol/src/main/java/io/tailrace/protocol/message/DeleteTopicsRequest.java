package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Deletes topics: by name, or from version 6 by name or id.
 *
 * @param topics the topics, from version 6
 * @param topicNames the topics, up to version 5
 * @param timeoutMs how long to wait for their deletion
 */
public record DeleteTopicsRequest(
        @Since(6) List<Topic> topics, @Until(5) List<String> topicNames, int timeoutMs)
        implements Request<DeleteTopicsResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.DELETE_TOPICS;
    }

    /**
     * A topic by name or by id.
     *
     * @param name its name; null if it is given by id
     * @param topicId its id, all zeros for none
     */
    public record Topic(@Nullable String name, UUID topicId) {}
}
