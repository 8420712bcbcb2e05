package io.tailrace.log;

/**
 * An aborted transaction in a log. A reader of committed records leaves out the producer's batches between both offsets.
 *
 * @param producerId its producer
 * @param firstOffset offset of its first record
 * @param markerOffset offset of the marker that aborted it, inclusive
 * @param lastStableOffset where the log was decided once the marker was written, exclusive: no later entry of the index ends
 *     a transaction that began below it
 */
public record AbortedTransaction(long producerId, long firstOffset, long markerOffset, long lastStableOffset) {}
