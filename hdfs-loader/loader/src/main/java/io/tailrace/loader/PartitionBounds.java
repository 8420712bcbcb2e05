package io.tailrace.loader;

import io.tailrace.protocol.TopicPartition;
import java.util.OptionalLong;

/**
 * What a plan needs to know of a partition.
 *
 * @param topicPartition the partition
 * @param committedEnd end of what has been loaded, exclusive: 0 of a partition that has been added since; empty before
 *     the topic's first load
 * @param logStartOffset first offset that can be read, inclusive
 * @param highWatermark end of what can be read, exclusive
 */
record PartitionBounds(
        TopicPartition topicPartition, OptionalLong committedEnd, long logStartOffset, long highWatermark) {}
