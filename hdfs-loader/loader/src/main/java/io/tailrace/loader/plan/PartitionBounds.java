package io.tailrace.loader.plan;

import io.tailrace.protocol.TopicPartition;
import java.util.OptionalLong;

/**
 * The offsets of a partition that a plan needs.
 *
 * @param topicPartition the partition
 * @param committedEnd end of the loaded offsets, exclusive: 0 for a partition added since the last load, empty before
 *     the first load of the topic
 * @param logStartOffset log start offset, inclusive
 * @param endOffset end of the records to load, exclusive
 */
public record PartitionBounds(
        TopicPartition topicPartition, OptionalLong committedEnd, long logStartOffset, long endOffset) {}
