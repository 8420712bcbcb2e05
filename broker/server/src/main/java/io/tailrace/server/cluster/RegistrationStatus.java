package io.tailrace.server.cluster;

import io.tailrace.replication.Event;
import io.tailrace.replication.cluster.Broker;
import java.util.function.LongSupplier;

/** The epoch under which this broker is registered, and whether it still is. Thread-safe. */
final class RegistrationStatus implements LongSupplier {
    /** The epoch stays when the registration is lost. */
    private record Status(long epoch, boolean isRegistered) {}

    private volatile Status status = new Status(Broker.NONE, false);

    /** The epoch of the last registration, {@link Broker#NONE} before the first. */
    @Override
    public long getAsLong() {
        return status.epoch();
    }

    /** Whether this broker is registered, according to the last news from ZooKeeper. */
    boolean isRegistered() {
        return status.isRegistered();
    }

    void registered(long epoch) {
        status = new Status(epoch, true);
    }

    void lost() {
        status = new Status(status.epoch(), false);
    }

    /** The event that partitions must get. */
    Event event() {
        Status now = status;
        return now.isRegistered() ? new Event.Registered(now.epoch()) : new Event.SessionLost();
    }
}
