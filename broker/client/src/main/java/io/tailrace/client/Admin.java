package io.tailrace.client;

import io.tailrace.protocol.TopicPartition;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Topics, offsets and the cluster as brokers tell them.
 *
 * <p>Thread-safe. Every call waits for its answer, up to the request timeout, and throws {@link ClientException}
 * with the broker's error code otherwise.
 */
public interface Admin extends AutoCloseable {

    /** Creates an admin client. Connects with the first call. */
    static Admin create(ClientConfig config) {
        return new BrokerAdmin(config);
    }

    /** The live brokers, and which of them is the controller. */
    ClusterDescription cluster();

    /** Names of all topics, internal ones only where asked for. */
    Set<String> topics(boolean internal);

    /** Partitions of the named topics, by topic. An unknown name is a {@link ClientException}. */
    Map<String, TopicDescription> describe(Collection<String> topics);

    /** Creates a topic, and waits until its partitions have leaders. */
    void createTopic(NewTopic topic);

    /** Grows a topic to {@code partitions} partitions. */
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
    Map<TopicPartition, Long> latestOffsets(Collection<TopicPartition> partitions);

    /** First offset whose record is at the given time or later, by partition; absent where there is none. */
    Map<TopicPartition, Long> offsetsAt(Map<TopicPartition, Long> timestampsMs);

    /** All offsets a group has committed (exclusive: the next to be read); empty for an unknown group. */
    Map<TopicPartition, Long> groupOffsets(String group);

    @Override
    void close();
}
