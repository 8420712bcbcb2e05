package io.tailrace.client;

import io.tailrace.protocol.TopicPartition;
import java.util.OptionalLong;

/**
 * Where an acknowledged record went.
 *
 * @param topicPartition the partition that holds the record
 * @param offset the record's offset, or empty under {@code acks=0}, which does not tell
 * @param timestampMs the record's timestamp as the broker keeps it
 */
public record RecordMetadata(TopicPartition topicPartition, OptionalLong offset, long timestampMs) {}
