package io.tailrace.server.config;

/**
 * Committed offsets and the topic that stores them.
 *
 * @param partitions {@code offsets.topic.num.partitions}
 * @param replicationFactor {@code offsets.topic.replication.factor}
 * @param segmentBytes {@code offsets.topic.segment.bytes}
 * @param retentionMs {@code offsets.retention.minutes}, in milliseconds
 * @param retentionCheckIntervalMs {@code offsets.retention.check.interval.ms}
 * @param metadataBytesMax {@code offset.metadata.max.bytes}
 */
public record GroupConfig(
        int partitions,
        int replicationFactor,
        int segmentBytes,
        long retentionMs,
        long retentionCheckIntervalMs,
        int metadataBytesMax) {}
