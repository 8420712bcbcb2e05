package io.tailrace.simulation;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.simulation.Disk.Batch;
import java.util.HashMap;
import java.util.Map;

/**
 * A producer with {@code acks=1} or {@code acks=0} that sends everything once. An acknowledged record must have been in its
 * leader's log, and must be at its offset if it was not lost.
 */
final class WeakProducer extends Client {
    private final Map<Long, Long> acknowledged = new HashMap<>();
    private final int acks;

    WeakProducer(Cluster cluster, int node, int acks) {
        super(cluster, node);
        this.acks = acks;
    }

    /** The acknowledged offset of each value. */
    Map<Long, Long> acknowledged() {
        return acknowledged;
    }

    @Override
    void run() {
        if (cluster.oneIn(5)) {
            refresh();
        }
        if (knowsLeader() && cluster.producing()) {
            send();
        }
        cluster.timeline.after(cluster.between(20, 80), this::run);
    }

    private void send() {
        long value = cluster.nextValue();
        // Records that are not retried keep no order: each counts as a separate producer.
        cluster.history.sending("once-" + value, SimulatedPartition.ID, value);
        int asked = leader;
        cluster.network.sendOnce(
                node,
                asked,
                () -> cluster.ask(asked, process -> process.partition().produce(acks, Batch.NONE, value, produced -> {
                    if (acks > 0 && produced.error() == ErrorCode.NONE) {
                        cluster.invariants.acknowledgesForLeader(asked, produced.offset(), value);
                        cluster.network.send(asked, node, () -> acknowledged.put(value, produced.offset()));
                    }
                })));
    }
}
