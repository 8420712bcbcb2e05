package io.tailrace.server.group;

/**
 * An offset that a group has committed for a partition.
 *
 * @param offset exclusive: the next offset to read
 * @param leaderEpoch the epoch of the last record read; -1 if unknown
 * @param metadata the consumer's note, may be empty
 * @param committedAtMs when it was committed, in milliseconds since 1970
 */
public record CommittedOffset(long offset, int leaderEpoch, String metadata, long committedAtMs) {}
