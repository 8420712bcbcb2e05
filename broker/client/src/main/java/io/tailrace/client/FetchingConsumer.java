package io.tailrace.client;

import io.tailrace.protocol.TopicPartition;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The consumer that talks to brokers. */
final class FetchingConsumer implements Consumer {
    FetchingConsumer(ConsumerConfig config) {
        throw new IllegalStateException("not yet");
    }

    @Override
    public void assign(Collection<TopicPartition> partitions) {
        throw new IllegalStateException("not yet");
    }

    @Override
    public Set<TopicPartition> assignment() {
        throw new IllegalStateException("not yet");
    }

    @Override
    public void seek(TopicPartition partition, long offset) {
        throw new IllegalStateException("not yet");
    }

    @Override
    public void seekToBeginning(Collection<TopicPartition> partitions) {
        throw new IllegalStateException("not yet");
    }

    @Override
    public void seekToEnd(Collection<TopicPartition> partitions) {
        throw new IllegalStateException("not yet");
    }

    @Override
    public List<ConsumerRecord> poll(Duration timeout) {
        throw new IllegalStateException("not yet");
    }

    @Override
    public long position(TopicPartition partition) {
        throw new IllegalStateException("not yet");
    }

    @Override
    public void commit(Map<TopicPartition, Long> offsets) {
        throw new IllegalStateException("not yet");
    }

    @Override
    public Map<TopicPartition, Long> committed(Collection<TopicPartition> partitions) {
        throw new IllegalStateException("not yet");
    }

    @Override
    public void wakeup() {
        throw new IllegalStateException("not yet");
    }

    @Override
    public void close() {
        throw new IllegalStateException("not yet");
    }
}
