package io.tailrace.server.partition;

import io.tailrace.replication.Replica;

/** Notified when this broker starts or stops leading a partition. */
@FunctionalInterface
public interface LeadershipListener {

    /** The partition has another role or leader epoch. Called under its lock: must hand over the work and return at once. */
    void leadershipChanged(Partition partition, Replica replica);
}
