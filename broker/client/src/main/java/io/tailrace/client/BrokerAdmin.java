package io.tailrace.client;

import io.tailrace.protocol.TopicPartition;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The admin that talks to brokers. */
final class BrokerAdmin implements Admin {
    BrokerAdmin(ClientConfig config) {
        throw new IllegalStateException("not yet");
    }

    @Override
    public ClusterDescription cluster() {
        throw new IllegalStateException("not yet");
    }

    @Override
    public Set<String> topics(boolean internal) {
        throw new IllegalStateException("not yet");
    }

    @Override
    public Map<String, TopicDescription> describe(Collection<String> topics) {
        throw new IllegalStateException("not yet");
    }

    @Override
    public void createTopic(NewTopic topic) {
        throw new IllegalStateException("not yet");
    }

    @Override
    public void createPartitions(String topic, int partitions) {
        throw new IllegalStateException("not yet");
    }

    @Override
    public void deleteTopics(Collection<String> topics) {
        throw new IllegalStateException("not yet");
    }

    @Override
    public List<ConfigEntry> topicConfig(String topic) {
        throw new IllegalStateException("not yet");
    }

    @Override
    public Map<TopicPartition, Long> earliestOffsets(Collection<TopicPartition> partitions) {
        throw new IllegalStateException("not yet");
    }

    @Override
    public Map<TopicPartition, Long> latestOffsets(Collection<TopicPartition> partitions) {
        throw new IllegalStateException("not yet");
    }

    @Override
    public Map<TopicPartition, Long> offsetsAt(Map<TopicPartition, Long> timestampsMs) {
        throw new IllegalStateException("not yet");
    }

    @Override
    public Map<TopicPartition, Long> groupOffsets(String group) {
        throw new IllegalStateException("not yet");
    }

    @Override
    public void close() {
        throw new IllegalStateException("not yet");
    }
}
