package io.tailrace.client;

/**
 * The end of a partition's log as its leader reports it.
 *
 * @param offset the high watermark, or the last stable offset; exclusive
 * @param leaderEpoch the leader's epoch: no record below the offset has a later one; -1 if it is not known
 */
public record LogEnd(long offset, int leaderEpoch) {}
