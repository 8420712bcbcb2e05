package io.tailrace.protocol.record;

/**
 * What a topic asks of the batches that clients send to it.
 *
 * @param timestampType {@code message.timestamp.type}; records' own timestamps are not judged where the leader's
 *     replace them
 * @param timestampAfterMaxMs {@code message.timestamp.after.max.ms}: how far in the future a timestamp may lie
 * @param keysRequired whether every record needs a key, as in a compacted topic
 */
public record BatchRules(TimestampType timestampType, long timestampAfterMaxMs, boolean keysRequired) {
    public BatchRules {
        if (timestampAfterMaxMs < 0) {
            throw new IllegalArgumentException("timestampAfterMaxMs must not be negative, is " + timestampAfterMaxMs);
        }
    }
}
