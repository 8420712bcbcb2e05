package io.tailrace.replication.simulation;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.replication.FetchVerdict;
import io.tailrace.replication.simulation.Disk.Entry;
import io.tailrace.replication.simulation.SimulatedPartition.Fetched;

/** Reads from the leader as far as it is let, with one fetch under way, and asks for the latest offset now and then. */
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
        if (fetched.verdict() instanceof FetchVerdict.Refused refused) {
            if (refused.error() != ErrorCode.OFFSET_OUT_OF_RANGE) {
                refresh();
            } else {
                jump(fetched);
            }
        }
        for (Entry entry : fetched.entries()) {
            cluster.invariants.consumes(position, entry);
            cluster.history.read("consumer-" + node + "-" + reader, SimulatedPartition.ID, position, entry.value());
            position++;
        }
    }

    /** What comes next is gone by retention. */
    private void jump(Fetched fetched) {
        if (position > fetched.startOffset()) {
            cluster.invariants.isOutOfRange(position);
        }
        position = fetched.startOffset();
        reader++;
    }
}
