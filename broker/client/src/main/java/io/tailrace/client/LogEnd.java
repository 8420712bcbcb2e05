package io.tailrace.client;

/**
 * The end of a partition's log as its leader reports it.
 *
 * @param highWatermark the high watermark, exclusive
 * @param leaderEpoch the leader's epoch: no record below the high watermark has a later one; -1 if it is not known
 */
public record LogEnd(long highWatermark, int leaderEpoch) {}
