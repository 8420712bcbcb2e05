package io.tailrace.server.partition;

import io.tailrace.log.AppendResult;

/**
 * The outcome of an append to a partition.
 *
 * @param result the log's answer
 * @param leaderEpoch the epoch that this broker led in. In another epoch the same offsets may hold other records, whose
 *     acknowledgement must not be taken for these
 * @param acknowledged whether every in-sync replica has the records already
 */
public record Append(AppendResult result, int leaderEpoch, boolean acknowledged) {}
