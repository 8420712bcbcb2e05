package io.tailrace.loader.audit;

import io.tailrace.client.Admin;
import io.tailrace.client.TopicDescription;
import io.tailrace.loader.commit.Manifest;
import io.tailrace.loader.commit.TopicState;
import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where a topic's logs ended at some time. The loader loads up to the last stable offset only; what is between the two makes
 * {@link #unloaded}, since a transaction that is open or whose marker is under way may have been reported.
 *
 * @param ends the high watermark of each partition, exclusive
 */
public record LogEnds(SortedMap<Integer, Long> ends) {

    /**
     * Asks the brokers. Read them after the agents' reports, so that the records that agents report are below these ends.
     *
     * @throws IOException if the topic does not exist
     */
    public static LogEnds read(Admin admin, String topic) throws IOException {
        TopicDescription description = admin.describe(Set.of(topic)).get(topic);
        if (description == null) {
            throw new IOException("topic " + topic + " does not exist");
        }
        List<TopicPartition> partitions = description.partitions().stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        SortedMap<Integer, Long> ends = new TreeMap<>();
        DecidedEnds.await(admin, partitions).forEach((partition, end) -> ends.put(partition.partition(), end));
        return new LogEnds(ends);
    }

    /** Returns what is not loaded of the records below these ends, if there are some. */
    public Optional<String> unloaded(TopicState state) {
        SortedMap<Integer, Long> loaded =
                state.newest().map(Manifest::endOffsets).orElseGet(TreeMap::new);
        long offsets = 0;
        for (Map.Entry<Integer, Long> end : ends.entrySet()) {
            offsets += Math.max(0, end.getValue() - loaded.getOrDefault(end.getKey(), 0L));
        }
        return offsets == 0 ? Optional.empty() : Optional.of("the loader has " + offsets + " offsets to load");
    }
}
