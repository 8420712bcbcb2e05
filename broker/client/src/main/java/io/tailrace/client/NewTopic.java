package io.tailrace.client;

import java.util.Map;
import java.util.OptionalInt;

/**
 * A topic to be created.
 *
 * @param name its name
 * @param partitions number of partitions, or empty for the broker's default
 * @param replicationFactor replicas of each partition, or empty for the broker's default
 * @param config topic configuration that differs from the broker's, by key
 */
public record NewTopic(
        String name, OptionalInt partitions, OptionalInt replicationFactor, Map<String, String> config) {}
