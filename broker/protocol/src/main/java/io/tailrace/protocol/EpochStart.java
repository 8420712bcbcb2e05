package io.tailrace.protocol;

/**
 * Where a leader epoch starts in a log.
 *
 * @param epoch the leader epoch, 0 or greater
 * @param startOffset inclusive: the first offset written in this epoch
 */
public record EpochStart(int epoch, long startOffset) {}
