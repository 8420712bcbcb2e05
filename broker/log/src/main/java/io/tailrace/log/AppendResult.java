package io.tailrace.log;

import io.tailrace.protocol.ErrorCode;

/**
 * What became of an append. Nothing was written unless it is {@link Appended}.
 */
public sealed interface AppendResult {
    /**
     * The batches are in the log, readable by whoever may read past the high watermark.
     *
     * @param baseOffset offset of the first record
     * @param nextOffset offset after the last record: the log end offset right after this append
     * @param logStartOffset the log's first offset at that time
     */
    record Appended(long baseOffset, long nextOffset, long logStartOffset) implements AppendResult {}

    /**
     * The batch is one of the producer's last five and is in the log already (KIP-98): acknowledge it again.
     *
     * @param baseOffset the offset its first record got then
     * @param nextOffset the offset after its last record
     * @param logStartOffset the log's first offset now
     */
    record Duplicate(long baseOffset, long nextOffset, long logStartOffset) implements AppendResult {}

    /**
     * The log does not take the batches.
     *
     * @param error what to answer
     * @param reason the same in words, with the values
     */
    record Refused(ErrorCode error, String reason) implements AppendResult {}
}
