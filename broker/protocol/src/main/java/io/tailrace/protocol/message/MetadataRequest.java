package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Requests the live brokers, and topics with their partitions and leaders.
 *
 * @param topics the topics; null for all, as is an empty list in version 0
 * @param allowAutoTopicCreation whether a topic that does not exist may be created
 * @param includeClusterAuthorizedOperations whether to return which operations on the cluster the client is allowed
 * @param includeTopicAuthorizedOperations whether to return which operations on each topic the client is allowed
 */
public record MetadataRequest(
        @NullableSince(1) @Nullable List<Topic> topics,
        @Since(4) @Default("true") boolean allowAutoTopicCreation,
        @Since(8) @Until(10) boolean includeClusterAuthorizedOperations,
        @Since(8) boolean includeTopicAuthorizedOperations)
        implements Request<MetadataResponse> {
    @Override
    public ApiKey api() {
        return ApiKey.METADATA;
    }

    /**
     * A topic by name or by id.
     *
     * @param topicId the topic's id, all zeros for none
     * @param name the topic's name; null if it is requested by id
     */
    public record Topic(
            @Since(10) UUID topicId,
            @NullableSince(10) @Nullable String name) {

        /** A topic by name. */
        public Topic(String name) {
            this(new UUID(0, 0), name);
        }
    }
}
