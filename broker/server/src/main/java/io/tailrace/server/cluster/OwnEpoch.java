package io.tailrace.server.cluster;

import io.tailrace.replication.Event;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.Partitions;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The epoch under which this broker is registered, and who of its partitions knows. Thread-safe.
 *
 * <p>Partitions are told by several threads: the session's, the one that opens them, the one that ticks. Each looks again
 * after it has told, so that whoever tells last tells what is so.
 */
final class OwnEpoch implements LongSupplier {
    private static final Logger LOG = LoggerFactory.getLogger(OwnEpoch.class);

    private final Partitions partitions;
    private final BooleanSupplier lease;
    /** The last one, which stays when it is lost. */
    private volatile long epoch = Broker.NONE;

    private volatile boolean isLost = true;
    /** What the last tick found; used by the thread that ticks. */
    private boolean heldAtLastTick = true;

    /** @param lease whether the registration may be relied on, by the clock */
    OwnEpoch(Partitions partitions, BooleanSupplier lease) {
        this.partitions = partitions;
        this.lease = lease;
    }

    /** The epoch of the last registration, {@link Broker#NONE} before the first. */
    @Override
    public long getAsLong() {
        return epoch;
    }

    void registered(long newEpoch) {
        epoch = newEpoch;
        isLost = false;
        tellAll();
    }

    void lost() {
        isLost = true;
        tellAll();
    }

    /** Answers who waits for something of a leader's, once the lease is over. */
    void tick() {
        boolean holds = lease.getAsBoolean();
        if (holds == heldAtLastTick) {
            return;
        }
        heldAtLastTick = holds;
        if (holds) {
            LOG.info("ZooKeeper has confirmed that this broker is registered, under epoch {}", epoch);
        } else {
            LOG.warn("ZooKeeper has not confirmed this broker's registration for a session timeout:"
                    + " until it does, this broker answers nothing that only a leader may");
            partitions.all().forEach(Partition::leaseEnded);
        }
    }

    private void tellAll() {
        partitions.all().forEach(this::tell);
    }

    /** Tells a partition, also one that was opened just now. */
    void tell(Partition partition) {
        long told;
        do {
            told = current();
            partition.handle(told == Broker.NONE ? new Event.SessionLost() : new Event.Registered(told));
        } while (told != current());
    }

    private long current() {
        return isLost ? Broker.NONE : epoch;
    }
}
