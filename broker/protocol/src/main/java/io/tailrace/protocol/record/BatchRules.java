package io.tailrace.protocol.record;

/**
 * The rules of a topic for batches from clients.
 *
 * @param timestampType {@code message.timestamp.type}; with LogAppendTime the records' own timestamps are not checked
 * @param timestampAfterMaxMs {@code message.timestamp.after.max.ms}: how far a timestamp may be in the future
 * @param keysRequired whether every record must have a key, as in a compacted topic
 */
public record BatchRules(TimestampType timestampType, long timestampAfterMaxMs, boolean keysRequired) {
    public BatchRules {
        if (timestampAfterMaxMs < 0) {
            throw new IllegalArgumentException(
                    "timestampAfterMaxMs: expected at least 0, found " + timestampAfterMaxMs);
        }
    }
}
