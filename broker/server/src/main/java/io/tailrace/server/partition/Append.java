package io.tailrace.server.partition;

import io.tailrace.log.AppendResult;

/**
 * The outcome of an append to a partition.
 *
 * @param result the log's result
 * @param leaderEpoch the epoch that this broker led in. In another epoch the same offsets may hold other records, and their
 *     acknowledgement does not count for these
 * @param acknowledged whether every in-sync replica has the records already
 */
public record Append(AppendResult result, int leaderEpoch, boolean acknowledged) {}
