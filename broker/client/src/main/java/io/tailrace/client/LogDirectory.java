package io.tailrace.client;

import io.tailrace.protocol.TopicPartition;
import java.util.Map;

/**
 * A directory in which a broker keeps logs (KIP-113).
 *
 * @param path where it is on the broker's machine
 * @param online whether the broker can use it
 * @param sizeBytes what the segments of each partition in it take; nothing while it is offline
 */
public record LogDirectory(String path, boolean online, Map<TopicPartition, Long> sizeBytes) {}
