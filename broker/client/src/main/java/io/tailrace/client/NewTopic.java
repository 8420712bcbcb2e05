package io.tailrace.client;

import java.util.Map;
import java.util.OptionalInt;

/**
 * A topic to be created.
 *
 * @param name its name
 * @param partitions number of partitions, or empty for the broker's default
 * @param replicationFactor replicas of each partition, or empty for the broker's default
 * @param config settings that override the broker's defaults, by key
 */
public record NewTopic(String name, OptionalInt partitions, OptionalInt replicationFactor, Map<String, String> config) {
    public NewTopic {
        config = Map.copyOf(config);
        ensureBetween(1, partitions, Integer.MAX_VALUE, "partitions");
        ensureBetween(1, replicationFactor, Short.MAX_VALUE, "replication factor");
    }

    private static void ensureBetween(int min, OptionalInt value, int max, String what) {
        if (value.isPresent() && (value.getAsInt() < min || value.getAsInt() > max)) {
            throw new IllegalArgumentException(
                    what + ": expected " + min + " to " + max + ", found " + value.getAsInt());
        }
    }
}
