package io.tailrace.server.partition;

import io.tailrace.log.AppendResult;

/**
 * What became of an append to a partition.
 *
 * @param result what the log said
 * @param leaderEpoch the epoch in which this broker led then: an acknowledgement that is waited for in another one would
 *     be of other records, at the same offsets
 * @param acknowledged whether every in-sync replica has the records already
 */
public record Append(AppendResult result, int leaderEpoch, boolean acknowledged) {}
