package io.tailrace.protocol.record;

/**
 * The rules of a topic for batches from clients.
 *
 * @param timestampType {@code message.timestamp.type}; with LogAppendTime the records' own timestamps are not checked
 * @param timestampBeforeMaxMs {@code message.timestamp.before.max.ms}: how far a timestamp may be in the past
 * @param timestampAfterMaxMs {@code message.timestamp.after.max.ms}: how far a timestamp may be in the future
 * @param decompressedRecordBytesMax {@code max.decompressed.message.bytes}: largest record of a compressed batch, once
 *     decompressed
 * @param keysRequired whether every record must have a key, as in a compacted topic
 */
public record BatchRules(
        TimestampType timestampType,
        long timestampBeforeMaxMs,
        long timestampAfterMaxMs,
        int decompressedRecordBytesMax,
        boolean keysRequired) {

    public BatchRules {
        atLeastZero("timestampBeforeMaxMs", timestampBeforeMaxMs);
        atLeastZero("timestampAfterMaxMs", timestampAfterMaxMs);
        atLeastZero("decompressedRecordBytesMax", decompressedRecordBytesMax);
    }

    /** The earliest timestamp that a record may have; {@link RecordBatch#NO_TIMESTAMP} is allowed besides. */
    long earliestMs(long nowMs) {
        return Math.max(0, nowMs - timestampBeforeMaxMs);
    }

    /** The latest timestamp that a record may have. */
    long latestMs(long nowMs) {
        long latestMs = nowMs + timestampAfterMaxMs;
        return nowMs > 0 && latestMs < 0 ? Long.MAX_VALUE : latestMs;
    }

    private static void atLeastZero(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + ": expected at least 0, found " + value);
        }
    }
}
