package io.tailrace.log;

import java.util.Objects;

/**
 * Settings of a partition's log. Immutable; replaced as a whole when the topic's configuration changes. {@link #UNLIMITED}
 * switches a limit of {@link Retention} or {@link Flush} off.
 *
 * @param roll when the active segment is closed and the next one started
 * @param retention which segments are kept
 * @param flush when data is forced to disk
 * @param fileDeleteDelayMs how long the renamed files of a deleted segment stay on disk
 */
public record LogConfig(Roll roll, Retention retention, Flush flush, long fileDeleteDelayMs) {
    /** No limit. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    private static final long HOUR_MS = 3_600_000;

    /** Kafka's defaults: segments of 1 GiB or seven days, kept for seven days, flushed by the operating system. */
    public static final LogConfig DEFAULTS = new LogConfig(
            new Roll(1 << 30, 7 * 24 * HOUR_MS, 10 << 20, 4096),
            new Retention(7 * 24 * HOUR_MS, UNLIMITED),
            new Flush(UNLIMITED, UNLIMITED, false),
            60_000);

    public LogConfig {
        Objects.requireNonNull(roll);
        Objects.requireNonNull(retention);
        Objects.requireNonNull(flush);
        atLeast("file.delete.delay.ms", fileDeleteDelayMs, 0);
    }

    /** A copy with another {@link Roll}. */
    public LogConfig with(Roll other) {
        return new LogConfig(other, retention, flush, fileDeleteDelayMs);
    }

    /** A copy with another {@link Retention}. */
    public LogConfig with(Retention other) {
        return new LogConfig(roll, other, flush, fileDeleteDelayMs);
    }

    /** A copy with another {@link Flush}. */
    public LogConfig with(Flush other) {
        return new LogConfig(roll, retention, other, fileDeleteDelayMs);
    }

    /** A copy with another delay between the deletion of a segment and the removal of its files. */
    public LogConfig withFileDeleteDelayMs(long otherMs) {
        return new LogConfig(roll, retention, flush, otherMs);
    }

    /**
     * When the active segment is closed and the next one started.
     *
     * @param segmentBytesMax {@code segment.bytes}: greatest size of a segment; a larger batch gets its own segment
     * @param segmentAgeMsMax {@code segment.ms}: greatest age of an active segment that is not empty
     * @param indexBytesMax {@code segment.index.bytes}: greatest size of an index; a full one rolls the segment
     * @param indexIntervalBytes {@code index.interval.bytes}: bytes of log between two index entries
     */
    public record Roll(int segmentBytesMax, long segmentAgeMsMax, int indexBytesMax, int indexIntervalBytes) {
        public Roll {
            atLeast("segment.bytes", segmentBytesMax, 14);
            atLeast("segment.ms", segmentAgeMsMax, 1);
            atLeast("segment.index.bytes", indexBytesMax, TimeIndex.ENTRY_BYTES);
            atLeast("index.interval.bytes", indexIntervalBytes, 0);
        }
    }

    /**
     * Which segments are kept. Only whole closed segments are deleted.
     *
     * @param ageMs {@code retention.ms}: a segment is deleted if its last append is longer ago
     * @param bytes {@code retention.bytes}: the oldest segments are deleted while the rest is at least this large
     */
    public record Retention(long ageMs, long bytes) {
        public Retention {
            atLeast("retention.ms", ageMs, 0);
            atLeast("retention.bytes", bytes, 0);
        }
    }

    /**
     * When data is forced to disk. By default the operating system decides, and replication protects the data.
     *
     * @param messages {@code flush.messages}: force in the background once this many records are not forced; with 1,
     *     acknowledgements wait for it
     * @param ageMs {@code flush.ms}: force in the background what was appended longer ago
     * @param beforeAck {@code flush=ack}: acknowledgements wait for a shared sync
     */
    public record Flush(long messages, long ageMs, boolean beforeAck) {
        public Flush {
            atLeast("flush.messages", messages, 1);
            atLeast("flush.ms", ageMs, 0);
        }

        boolean ackWaits() {
            return beforeAck || messages == 1;
        }
    }

    private static void atLeast(String key, long value, long min) {
        if (value < min) {
            throw new IllegalArgumentException(key + ": expected at least " + min + ", found " + value);
        }
    }
}
