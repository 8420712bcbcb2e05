package io.tailrace.server.partition;

/**
 * What a consumer wants to read from a partition.
 *
 * @param offset first offset, inclusive
 * @param currentLeaderEpoch the epoch that the consumer expects, or {@link io.tailrace.replication.Replica#ANY_EPOCH}
 * @param isCommitted whether it reads only what is decided, up to the last stable offset, and leaves out aborted transactions
 */
public record ConsumerFetch(long offset, int currentLeaderEpoch, boolean isCommitted) {}
