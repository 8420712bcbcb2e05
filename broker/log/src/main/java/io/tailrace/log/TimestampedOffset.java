package io.tailrace.log;

/**
 * A record that was found by its timestamp.
 *
 * @param offset the record's offset
 * @param timestampMs the record's timestamp
 * @param leaderEpoch epoch of the leader that appended it
 */
public record TimestampedOffset(long offset, long timestampMs, int leaderEpoch) {}
