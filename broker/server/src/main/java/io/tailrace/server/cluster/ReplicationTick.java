package io.tailrace.server.cluster;

import io.tailrace.replication.Event;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.Partitions;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies timeouts to partitions: followers that lag leave the ISR, and without a lease all requests that wait for a leader are
 * answered. Touches no disk. A busy partition is left for the next tick. Used by one thread.
 */
final class ReplicationTick implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicationTick.class);
    private static final Event TICK = new Event.Tick();

    private final Partitions partitions;
    private final BooleanSupplier lease;
    private boolean hadLease = true;

    ReplicationTick(Partitions partitions, BooleanSupplier lease) {
        this.partitions = partitions;
        this.lease = lease;
    }

    @Override
    public void run() {
        boolean hasLease = lease.getAsBoolean();
        if (hasLease != hadLease) {
            logLease(hasLease);
        }
        hadLease = hasLease;
        if (!hasLease) {
            partitions.all().forEach(Partition::leaseEnded);
        }
        for (Partition partition : partitions.all()) {
            boolean unused = partition.tryHandle(TICK);
        }
    }

    private static void logLease(boolean hasLease) {
        if (hasLease) {
            LOG.info("ZooKeeper has confirmed this broker's registration");
        } else {
            LOG.warn("ZooKeeper has not confirmed this broker's registration for a session timeout:"
                    + " until it does, this broker does not act as a leader");
        }
    }
}
