package io.tailrace.client;

import io.tailrace.protocol.TopicPartition;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Topics, offsets and the cluster, as brokers report them.
 *
 * <p>Thread-safe. Every call waits for its answer, for up to the request timeout. A call that fails throws a
 * {@link ClientException} with the broker's error code.
 */
public interface Admin extends AutoCloseable {

    /** Creates an admin client. Connects with the first call. */
    static Admin create(ClientConfig config) {
        return new BrokerAdmin(config);
    }

    /** The live brokers, and which of them is the controller. */
    ClusterDescription cluster();

    /** The names of all topics; internal ones only if {@code internal}. */
    Set<String> topics(boolean internal);

    /** Partitions of the named topics, by topic. Throws a {@link ClientException} if a topic does not exist. */
    Map<String, TopicDescription> describe(Collection<String> topics);

    /** Creates a topic, and waits until its partitions have leaders. */
    void createTopic(NewTopic topic);

    /** Adds partitions to a topic, up to {@code partitions} in all. */
    void createPartitions(String topic, int partitions);

    /** Deletes topics. */
    void deleteTopics(Collection<String> topics);

    /** The configuration of the named topics, defaults included, by topic. */
    Map<String, List<ConfigEntry>> topicConfigs(Collection<String> topics);

    /** A topic's configuration, defaults included. */
    default List<ConfigEntry> topicConfig(String topic) {
        return topicConfigs(List.of(topic)).getOrDefault(topic, List.of());
    }

    /** First offset of each partition that can be read (inclusive). */
    Map<TopicPartition, Long> earliestOffsets(Collection<TopicPartition> partitions);

    /** High watermark of each partition (exclusive). */
    default Map<TopicPartition, Long> latestOffsets(Collection<TopicPartition> partitions) {
        return latestOffsets(partitions, IsolationLevel.READ_UNCOMMITTED);
    }

    /** Where readers at the isolation level get to (exclusive): the high watermark, or the last stable offset. */
    Map<TopicPartition, Long> latestOffsets(Collection<TopicPartition> partitions, IsolationLevel isolation);

    /** As above, with the leader epoch of each partition. */
    Map<TopicPartition, LogEnd> logEnds(Collection<TopicPartition> partitions, IsolationLevel isolation);

    /**
     * Where the largest leader epoch up to the given one ends in each partition's log (exclusive), at most at the high watermark
     * (KIP-320). If a reader of records up to that epoch is beyond this offset, what it read was cut off the log. Absent if the
     * leader does not know the epoch, since it is later than its own.
     */
    Map<TopicPartition, Long> epochEnds(Map<TopicPartition, Integer> leaderEpochs);

    /** The first offset at the given time or later, by partition; partitions without such a record are absent. */
    Map<TopicPartition, Long> offsetsAt(Map<TopicPartition, Long> timestampsMs);

    @Override
    void close();
}
