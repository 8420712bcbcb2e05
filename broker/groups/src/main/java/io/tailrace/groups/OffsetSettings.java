package io.tailrace.groups;

/**
 * The settings of committed offsets.
 *
 * @param metadataBytesMax {@code offset.metadata.max.bytes}, inclusive
 * @param retentionMs {@code offsets.retention.minutes}, in milliseconds
 * @param checkIntervalMs {@code offsets.retention.check.interval.ms}: the pause between two searches for expired offsets
 */
public record OffsetSettings(int metadataBytesMax, long retentionMs, long checkIntervalMs) {
    /** Settings. Invalid values are reported under the names of the configuration's keys. */
    public OffsetSettings {
        require(metadataBytesMax >= 0, "offset.metadata.max.bytes", metadataBytesMax, 0);
        require(retentionMs >= 1, "offsets.retention.minutes in ms", retentionMs, 1);
        require(checkIntervalMs >= 1, "offsets.retention.check.interval.ms", checkIntervalMs, 1);
    }

    private static void require(boolean holds, String key, long value, int min) {
        if (!holds) {
            throw new IllegalArgumentException(key + ": expected at least " + min + ", found " + value);
        }
    }

    /** Apache Kafka's defaults. */
    public static OffsetSettings defaults() {
        return new OffsetSettings(4096, 7L * 24 * 60 * 60_000, 600_000);
    }
}
