package io.tailrace.server.partition;

import io.tailrace.replication.cluster.PartitionState;

/**
 * Acts on the rest of the cluster for a partition. Every method returns at once, because most calls are made under the
 * partition's lock, and reports its outcome later through {@link Partition#handle}. Thread-safe.
 */
public interface ClusterActions {

    /** Writes the state if the store still has its version; see {@code Effect.ProposeIsr}. */
    void propose(Partition partition, PartitionState next);

    /** Reads the partition's state past any cache; see {@code Effect.ReadBack}. */
    void readBack(Partition partition, int expectedVersion);

    /** Fetches from this leader from now on, and from no other. */
    void startFetching(Partition partition, int leader, int leaderEpoch);

    /** Stops fetching. */
    void stopFetching(Partition partition);

    /** Announces that the partition's log cannot be used, so that other brokers lead it. */
    void logFailed(Partition partition);
}
