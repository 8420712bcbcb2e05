package io.tailrace.client;

import io.tailrace.protocol.TopicPartition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record that was read from a partition.
 *
 * @param topicPartition the partition it was read from
 * @param offset its offset in the partition
 * @param timestampMs its event time, or its append time if the topic is configured so
 * @param key its key
 * @param value its value; null is a tombstone in a compacted topic
 * @param headers its headers, in order
 */
public record ConsumerRecord(
        TopicPartition topicPartition,
        long offset,
        long timestampMs,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<Header> headers) {}
