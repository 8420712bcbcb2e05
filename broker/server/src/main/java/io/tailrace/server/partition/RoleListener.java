package io.tailrace.server.partition;

import io.tailrace.replication.Replica;

/** Wants to know when this broker begins or ends to lead a partition. */
@FunctionalInterface
public interface RoleListener {

    /** The partition has another role, or leads in another epoch. Called under its lock: must only hand over. */
    void roleChanged(Partition partition, Replica now);
}
