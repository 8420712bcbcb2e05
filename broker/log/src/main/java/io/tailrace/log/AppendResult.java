package io.tailrace.log;

import io.tailrace.protocol.ErrorCode;

/** The outcome of an append. Only {@link Appended} wrote anything. */
public sealed interface AppendResult {
    /**
     * The batches are in the log. Replicas can read them now, consumers once the high watermark passes them.
     *
     * @param baseOffset offset of the first record
     * @param nextOffset offset after the last record: the log end offset right after this append
     * @param logStartOffset the log's first offset at that time
     */
    record Appended(long baseOffset, long nextOffset, long logStartOffset) implements AppendResult {}

    /**
     * The batch is one of the producer's last ten and already in the log (KIP-98). Acknowledge it again.
     *
     * @param baseOffset offset of its first record
     * @param nextOffset offset after its last record
     * @param logStartOffset the log's first offset now
     */
    record Duplicate(long baseOffset, long nextOffset, long logStartOffset) implements AppendResult {}

    /**
     * The batch would begin a transaction that the coordinator has not confirmed. Ask the coordinator whether the partition is in
     * the producer's transaction, and append the batch again with {@code verification}. If a marker has come in between, or the one of
     * the transaction before has not come yet, the batch is unverified again.
     *
     * @param verification for {@link ReplicaLog#appendVerified}
     */
    record Unverified(long verification) implements AppendResult {}

    /**
     * The log refuses the batches.
     *
     * @param error the error to return
     * @param reason the reason in words, with values
     */
    record Refused(ErrorCode error, String reason) implements AppendResult {}
}
