package io.tailrace.replication;

/**
 * Where a leader epoch ends in a log.
 *
 * @param epoch the leader epoch, {@link LeaderEpochs#UNKNOWN} if the log has none that early
 * @param endOffset exclusive: the start of the next epoch, or the log end offset
 */
public record EpochEnd(int epoch, long endOffset) {}
