package io.tailrace.log;

/**
 * Where a leader epoch ends in a log (KIP-101, KIP-279).
 *
 * @param epoch the largest epoch in the log that is not larger than the one asked for
 * @param endOffset exclusive: start of the next larger epoch, or the log end offset for the latest one
 */
public record EpochEnd(int epoch, long endOffset) {}
