package io.tailrace.simulation;

import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.server.partition.LeadershipListener;
import java.util.function.BooleanSupplier;

/** What uses the partition of a cluster: clients, and what runs in the brokers beside the partition. */
interface Workload {
    /** The brokers are about to start. */
    void start();

    /** A process starts: returns what is notified of its roles. */
    default LeadershipListener started(BrokerProcess process) {
        return (partition, replica) -> {};
    }

    /** Whether a process may act as a leader, as far as its own clock can show. */
    default BooleanSupplier lease(BrokerProcess process) {
        return () -> true;
    }

    /** A batch is committed: a high watermark has passed it for the first time. Batches come in the order of their offsets. */
    default void committed(RecordBatch batch) {}

    /** A fault that concerns the clients, or what runs beside the partition. */
    default void begin(Step step) {
        throw new IllegalStateException("nothing here can " + step);
    }

    /** Ends all faults of the clients. */
    default void heal() {}
}
