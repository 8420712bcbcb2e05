package io.tailrace.simulation;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatches;
import io.tailrace.simulation.Disk.Entry;
import io.tailrace.simulation.SimulatedPartition.Fetched;

/** Reads from the leader with one fetch in flight, and sometimes asks for the latest offset. */
final class SimulatedConsumer extends Client {
    private static final long TIMEOUT_MS = 150;

    private long position;
    private int reader;
    private int fetches;
    private long awaitedUntilMs;

    SimulatedConsumer(Cluster cluster, int node) {
        super(cluster, node);
    }

    long position() {
        return position;
    }

    @Override
    void run() {
        if (knowsLeader() && awaitedUntilMs <= cluster.timeline.nowMs()) {
            if (awaitedUntilMs > 0) {
                refresh();
            }
            fetch();
        }
        cluster.timeline.after(cluster.between(10, 40), this::run);
    }

    private void fetch() {
        int asked = leader;
        int epoch = leaderEpoch;
        int number = ++fetches;
        long offset = position;
        boolean asksLatest = cluster.oneIn(4);
        awaitedUntilMs = cluster.timeline.nowMs() + TIMEOUT_MS;
        cluster.network.send(
                node,
                asked,
                () -> cluster.ask(asked, process -> {
                    if (asksLatest) {
                        process.partition().latestOffset(epoch);
                    }
                    Fetched fetched = process.partition().consume(offset, epoch);
                    cluster.network.send(asked, node, () -> {
                        if (number == fetches && awaitedUntilMs > 0) {
                            awaitedUntilMs = 0;
                            take(fetched);
                        }
                    });
                }));
    }

    private void take(Fetched fetched) {
        if (fetched.error() == ErrorCode.OFFSET_OUT_OF_RANGE) {
            jump(fetched);
        } else if (fetched.error() != ErrorCode.NONE) {
            refresh();
        }
        for (RecordBatch batch : RecordBatches.of(fetched.batches())) {
            Entry entry = Entry.of(batch);
            cluster.invariants.consumes(position, entry);
            cluster.history.read("consumer-" + node + "-" + reader, SimulatedPartition.ID, position, entry.value());
            position++;
        }
    }

    /** Retention has deleted the next records. */
    private void jump(Fetched fetched) {
        if (position > fetched.startOffset()) {
            cluster.invariants.isOutOfRange(position);
        }
        position = fetched.startOffset();
        reader++;
    }
}
