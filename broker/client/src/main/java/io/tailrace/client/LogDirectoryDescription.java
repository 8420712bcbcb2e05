package io.tailrace.client;

import io.tailrace.protocol.TopicPartition;
import java.util.Map;

/**
 * A log directory of a broker (KIP-113).
 *
 * @param path its path on the broker's machine
 * @param online whether the broker can use it
 * @param sizeBytes size of each partition's segments in it; empty while it is offline
 * @param copies of the logs that are moving into it, by partition; empty while it is offline
 */
public record LogDirectoryDescription(
        String path, boolean online, Map<TopicPartition, Long> sizeBytes, Map<TopicPartition, Copy> copies) {
    /**
     * A copy of a log in another directory, which it will replace.
     *
     * @param sizeBytes of its segments
     * @param offsetLag offsets that it lacks
     */
    public record Copy(long sizeBytes, long offsetLag) {}
}
