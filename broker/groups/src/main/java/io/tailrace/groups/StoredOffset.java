package io.tailrace.groups;

/**
 * The committed offset of a group for a partition.
 *
 * @param offset exclusive: the next offset to read
 * @param leaderEpoch the leader epoch of the last record read; -1 if not known
 * @param metadata the consumer's own data; empty for none
 * @param committedAtMs when it was committed, in ms since 1970
 * @param expiresAtMs when it expires, in ms since 1970, if the commit said so; -1 for the broker's setting
 */
public record StoredOffset(long offset, int leaderEpoch, String metadata, long committedAtMs, long expiresAtMs) {}
