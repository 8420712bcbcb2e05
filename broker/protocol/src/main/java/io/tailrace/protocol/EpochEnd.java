package io.tailrace.protocol;

/**
 * Where a leader epoch ends in a log (KIP-101, KIP-279).
 *
 * @param epoch the leader epoch, {@link LeaderEpochs#UNKNOWN} if the log has no epoch that early
 * @param endOffset exclusive: the start of the next epoch, or the log end offset for the latest
 */
public record EpochEnd(int epoch, long endOffset) {}
