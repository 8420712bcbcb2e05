package io.tailrace.replication.cluster;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A topic as the cluster knows it.
 *
 * @param name the topic's name
 * @param id different for a topic that is deleted and created again under the same name
 * @param partitions in order of their index, which starts at 0
 * @param configs the topic's own settings, without the brokers' defaults
 */
public record TopicImage(String name, UUID id, List<PartitionImage> partitions, Map<String, String> configs) {
    public TopicImage {
        partitions = List.copyOf(partitions);
        configs = Map.copyOf(configs);
    }
}
