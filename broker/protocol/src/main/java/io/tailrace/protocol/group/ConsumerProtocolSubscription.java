package io.tailrace.protocol.group;

import io.tailrace.protocol.Bytes;
import io.tailrace.protocol.message.Default;
import io.tailrace.protocol.message.Since;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer subscribes to: the metadata of its assignors in a JoinGroup request.
 *
 * @param topics the topics that it reads
 * @param userData the assignor's own data; null for none
 * @param ownedPartitions the partitions that it has
 * @param generationId the generation in which it got them; -1 for none
 * @param rackId its rack; null if it has none
 */
public record ConsumerProtocolSubscription(
        List<String> topics,
        @Nullable Bytes userData,
        @Since(1) List<Topic> ownedPartitions,
        @Since(2) @Default("-1") int generationId,
        @Since(3) @Nullable String rackId) {
    /**
     * Partitions of a topic.
     *
     * @param topic the topic
     * @param partitions the indexes of its partitions
     */
    public record Topic(String topic, List<Integer> partitions) {}
}
