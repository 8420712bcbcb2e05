package io.tailrace.server.config;

import java.util.List;

/**
 * Consumer groups, their committed offsets and the topic that stores them. Immutable.
 *
 * @param partitions {@code offsets.topic.num.partitions}
 * @param replicationFactor {@code offsets.topic.replication.factor}
 * @param segmentBytes {@code offsets.topic.segment.bytes}
 * @param retentionMs {@code offsets.retention.minutes}, in milliseconds
 * @param retentionCheckIntervalMs {@code offsets.retention.check.interval.ms}
 * @param metadataBytesMax {@code offset.metadata.max.bytes}
 * @param coordinator how groups are hosted
 * @param classic groups of the classic protocol
 * @param consumer groups of the consumer protocol (KIP-848)
 */
public record GroupConfig(
        int partitions,
        int replicationFactor,
        int segmentBytes,
        long retentionMs,
        long retentionCheckIntervalMs,
        int metadataBytesMax,
        Coordinator coordinator,
        Classic classic,
        Consumer consumer) {

    /**
     * The bounds of a value.
     *
     * @param min inclusive
     * @param max inclusive, at least {@code min}
     */
    public record Bounds(int min, int max) {

        /** Whether a value is within the bounds. */
        public boolean contain(int value) {
            return value >= min && value <= max;
        }
    }

    /**
     * How groups are hosted.
     *
     * @param threads {@code group.coordinator.threads}
     * @param commitMsMax {@code offsets.commit.timeout.ms}
     */
    public record Coordinator(int threads, int commitMsMax) {}

    /**
     * Groups of the classic protocol.
     *
     * @param sessionTimeoutMs {@code group.min.session.timeout.ms} and {@code group.max.session.timeout.ms}
     * @param initialRebalanceDelayMs {@code group.initial.rebalance.delay.ms}
     * @param membersMax {@code group.max.size}
     */
    public record Classic(Bounds sessionTimeoutMs, int initialRebalanceDelayMs, int membersMax) {}

    /**
     * Groups of the consumer protocol.
     *
     * @param timing of groups without settings of their own
     * @param sessionTimeoutMs {@code group.consumer.min.session.timeout.ms} and {@code ...max...}
     * @param heartbeatIntervalMs {@code group.consumer.min.heartbeat.interval.ms} and {@code ...max...}
     * @param membersMax {@code group.consumer.max.size}
     * @param assignors {@code group.consumer.assignors}, at least one; the first is the default
     * @param migration {@code group.consumer.migration.policy}
     * @param regexRefreshMs {@code group.consumer.regex.refresh.interval.ms}
     */
    public record Consumer(
            Timing timing,
            Bounds sessionTimeoutMs,
            Bounds heartbeatIntervalMs,
            int membersMax,
            List<String> assignors,
            Migration migration,
            int regexRefreshMs) {}

    /**
     * How often a member must send heartbeats.
     *
     * @param sessionTimeoutMs a member that sends no heartbeat for this long is removed
     * @param heartbeatIntervalMs how often members send heartbeats; less than the timeout
     */
    public record Timing(int sessionTimeoutMs, int heartbeatIntervalMs) {}

    /**
     * Whether a group can change its protocol while it has members.
     *
     * @param upgrade from the classic protocol to the consumer protocol
     * @param downgrade back
     */
    public record Migration(boolean upgrade, boolean downgrade) {}
}
