package io.tailrace.server.group;

/**
 * What a group has committed for a partition.
 *
 * @param offset exclusive: the next to be read
 * @param leaderEpoch the epoch of the last record read; -1 if not known
 * @param metadata the consumer's own note, may be empty
 * @param committedAtMs when, in milliseconds since 1970
 */
public record CommittedOffset(long offset, int leaderEpoch, String metadata, long committedAtMs) {}
