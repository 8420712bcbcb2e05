package io.tailrace.replication.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A topic as the cluster knows it.
 *
 * @param name the topic's name
 * @param id changes if the topic is deleted and created again under the same name
 * @param partitions in order of their index, which starts at 0
 * @param configs the topic's own settings, without the brokers' defaults
 */
public record TopicImage(String name, UUID id, List<PartitionImage> partitions, Map<String, String> configs) {
    public TopicImage {
        partitions = List.copyOf(partitions);
        configs = Map.copyOf(configs);
    }

    /**
     * Indexes of the partitions that changed, all of them if this is another topic. An image shares unchanged partitions with
     * the image before it, so this costs one comparison of references for each partition.
     */
    @SuppressWarnings("ReferenceEquality")
    public List<Integer> changedSince(@Nullable TopicImage before) {
        if (this == before) {
            return List.of();
        }
        List<Integer> changed = new ArrayList<>();
        for (int i = 0; i < partitions.size(); i++) {
            boolean same = before != null
                    && before.id.equals(id)
                    && i < before.partitions.size()
                    && before.partitions.get(i) == partitions.get(i);
            if (!same) {
                changed.add(i);
            }
        }
        return changed;
    }
}
