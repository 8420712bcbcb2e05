package io.tailrace.log;

import io.tailrace.protocol.TopicPartition;
import java.util.Objects;

/**
 * Settings of a partition's log. Immutable; replaced as a whole when the topic's configuration changes. {@link #UNLIMITED} turns
 * off a limit of {@link Retention} or {@link Flush}.
 *
 * @param roll when the active segment is closed and the next one started
 * @param retention which segments are kept
 * @param compaction which records are removed because newer ones have their keys
 * @param flush when data is forced to disk
 * @param fileDeleteDelayMs how long the renamed files of a deleted segment stay on disk
 */
public record LogConfig(Roll roll, Retention retention, Compaction compaction, Flush flush, long fileDeleteDelayMs) {
    /** No limit. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    private static final long HOUR_MS = 3_600_000;

    /** Kafka's defaults: segments of 1 GiB or seven days, kept for seven days, flushed by the operating system. */
    public static final LogConfig DEFAULTS = new LogConfig(
            new Roll(1 << 30, 7 * 24 * HOUR_MS, 10 << 20, 4096),
            new Retention(7 * 24 * HOUR_MS, UNLIMITED),
            new Compaction(false, 0.5, 0, UNLIMITED, 24 * HOUR_MS),
            new Flush(UNLIMITED, UNLIMITED, false),
            60_000);

    public LogConfig {
        Objects.requireNonNull(roll);
        Objects.requireNonNull(retention);
        Objects.requireNonNull(compaction);
        Objects.requireNonNull(flush);
        atLeast("file.delete.delay.ms", fileDeleteDelayMs, 0);
    }

    /** A copy with another {@link Roll}. */
    public LogConfig with(Roll other) {
        return new LogConfig(other, retention, compaction, flush, fileDeleteDelayMs);
    }

    /** A copy with another {@link Retention}. */
    public LogConfig with(Retention other) {
        return new LogConfig(roll, other, compaction, flush, fileDeleteDelayMs);
    }

    /** A copy with another {@link Compaction}. */
    public LogConfig with(Compaction other) {
        return new LogConfig(roll, retention, other, flush, fileDeleteDelayMs);
    }

    /** A copy with another {@link Flush}. */
    public LogConfig with(Flush other) {
        return new LogConfig(roll, retention, compaction, other, fileDeleteDelayMs);
    }

    /** A copy with another delay between the deletion of a segment and the removal of its files. */
    public LogConfig withFileDeleteDelayMs(long otherMs) {
        return new LogConfig(roll, retention, compaction, flush, otherMs);
    }

    /** The age at which an active segment is closed. While a segment is active, it is not compacted. */
    long activeAgeMsMax(TopicPartition partition, long baseOffset) {
        long ageMs = roll.ageMsMax(partition, baseOffset);
        return compaction.enabled ? Math.min(ageMs, compaction.lagMsMax) : ageMs;
    }

    /**
     * When the active segment is closed and the next one started.
     *
     * @param segmentBytesMax {@code segment.bytes}: greatest size of a segment; a larger batch gets its own segment
     * @param segmentAgeMsMax {@code segment.ms}: greatest age of an active segment that is not empty
     * @param segmentJitterMsMax {@code segment.jitter.ms}: a segment may be closed earlier by up to this, so that not all
     *     partitions of a topic roll at once
     * @param indexBytesMax {@code segment.index.bytes}: greatest size of an index; a full one rolls the segment
     * @param indexIntervalBytes {@code index.interval.bytes}: bytes of log between two index entries
     */
    public record Roll(
            int segmentBytesMax,
            long segmentAgeMsMax,
            long segmentJitterMsMax,
            int indexBytesMax,
            int indexIntervalBytes) {
        public Roll {
            atLeast("segment.bytes", segmentBytesMax, 14);
            atLeast("segment.ms", segmentAgeMsMax, 1);
            atLeast("segment.jitter.ms", segmentJitterMsMax, 0);
            atLeast("segment.index.bytes", indexBytesMax, TimeIndex.ENTRY_BYTES);
            atLeast("index.interval.bytes", indexIntervalBytes, 0);
        }

        /** Without jitter. */
        public Roll(int segmentBytesMax, long segmentAgeMsMax, int indexBytesMax, int indexIntervalBytes) {
            this(segmentBytesMax, segmentAgeMsMax, 0, indexBytesMax, indexIntervalBytes);
        }

        /** The greatest age of one segment: always the same for it, and different for others if there is jitter. */
        long ageMsMax(TopicPartition partition, long baseOffset) {
            long jitterMs = Math.min(segmentJitterMsMax, segmentAgeMsMax - 1);
            if (jitterMs == 0) {
                return segmentAgeMsMax;
            }
            // SplitMix64's multiplier spreads neighbouring partitions and offsets over the whole range.
            long spread = (partition.hashCode() + baseOffset) * 0x9E3779B97F4A7C15L;
            return segmentAgeMsMax - Math.floorMod(spread ^ (spread >>> 32), jitterMs + 1);
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
     * Which records are removed because newer ones have their keys.
     *
     * @param enabled whether {@code cleanup.policy} includes {@code compact}
     * @param dirtyRatioMin {@code min.cleanable.dirty.ratio}: smallest part of the bytes that must be new, from 0 to 1
     * @param lagMsMin {@code min.compaction.lag.ms}: a record is not removed earlier than this after its append
     * @param lagMsMax {@code max.compaction.lag.ms}: a record is compacted after this, whatever the ratio
     * @param tombstoneMs {@code delete.retention.ms}: how long a tombstone is kept after it has been compacted
     */
    public record Compaction(boolean enabled, double dirtyRatioMin, long lagMsMin, long lagMsMax, long tombstoneMs) {
        public Compaction {
            if (!(dirtyRatioMin >= 0 && dirtyRatioMin <= 1)) {
                throw new IllegalArgumentException(
                        "min.cleanable.dirty.ratio: expected 0 to 1, found " + dirtyRatioMin);
            }
            atLeast("min.compaction.lag.ms", lagMsMin, 0);
            atLeast("max.compaction.lag.ms", lagMsMax, 1);
            atLeast("delete.retention.ms", tombstoneMs, 0);
        }
    }

    /**
     * When data is forced to disk. By default the operating system decides, and replication protects the data.
     *
     * @param messages {@code flush.messages}: force in the background once this many records are not forced; with 1,
     *     acknowledgements wait for it
     * @param ageMs {@code flush.ms}: force records in the background once they are older than this
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
