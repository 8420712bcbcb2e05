package io.tailrace.server.partition;

import io.tailrace.replication.cluster.PartitionState;

/**
 * The way from a partition to the rest of the cluster. Called under the partition's lock: every method returns at
 * once, and what comes of it is told to {@link Partition#handle} later.
 */
public interface ReplicationPort {

    /** Writes the state if the store still has its version; see {@code Effect.ProposeIsr}. */
    void propose(Partition partition, PartitionState next);

    /** Reads the partition's state past any cache; see {@code Effect.ReadBack}. */
    void readBack(Partition partition, int expectedVersion);

    /** Fetches from this leader from now on, instead of whatever was fetched before. */
    void startFetching(Partition partition, int leader, int leaderEpoch);

    /** Stops fetching. */
    void stopFetching(Partition partition);

    /** Others are to lead and follow instead: the partition's log cannot be used. */
    void logFailed(Partition partition);
}
