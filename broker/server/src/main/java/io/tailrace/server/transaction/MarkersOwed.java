package io.tailrace.server.transaction;

/**
 * The markers that the shards of a broker owe to partitions.
 *
 * @param owed markers that are not known to be written
 * @param sent those that are on their way
 * @param oldestMs since when the oldest is owed, by the steady clock; {@link Long#MAX_VALUE} if none is
 */
public record MarkersOwed(int owed, int sent, long oldestMs) {
    static final MarkersOwed NONE = new MarkersOwed(0, 0, Long.MAX_VALUE);
}
