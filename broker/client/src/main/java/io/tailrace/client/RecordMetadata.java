package io.tailrace.client;

import io.tailrace.protocol.TopicPartition;
import java.util.OptionalLong;

/**
 * The position of an acknowledged record.
 *
 * @param topicPartition the partition that holds the record
 * @param offset the record's offset, or empty if unknown, as with {@code acks=0}
 * @param timestampMs the record's timestamp in the log
 */
public record RecordMetadata(TopicPartition topicPartition, OptionalLong offset, long timestampMs) {}
