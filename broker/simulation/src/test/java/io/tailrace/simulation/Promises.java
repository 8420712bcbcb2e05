package io.tailrace.simulation;

import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.simulation.Disk.Entry;
import java.util.ArrayList;
import java.util.List;

/**
 * What the cluster owes, recorded without the rules: the records that a high watermark has covered, and the replicas that must
 * have all of them. Also which faults the cluster promises to survive.
 */
final class Promises {
    private final Cluster cluster;
    private final List<Entry> committed = new ArrayList<>();
    /** The highest high watermark of each leader epoch. */
    private final List<Long> highWatermarks = new ArrayList<>();

    private List<Incarnation> complete = List.of();

    Promises(Cluster cluster) {
        this.cluster = cluster;
    }

    List<Entry> committed() {
        return committed;
    }

    List<Incarnation> complete() {
        return complete;
    }

    /** Records what a leader's high watermark covers. */
    void commit(int leaderEpoch, Disk disk, long highWatermark) {
        if (cluster.settings.uncleanElection()) {
            return;
        }
        for (long offset = committed.size(); offset < highWatermark; offset++) {
            committed.add(disk.entry(offset));
            RecordBatch batch = disk.log().batch(offset);
            if (batch.lastOffset() == offset) {
                cluster.workload.committed(batch);
            }
        }
        while (highWatermarks.size() <= leaderEpoch) {
            highWatermarks.add(0L);
        }
        highWatermarks.set(leaderEpoch, Math.max(highWatermark, highWatermarks.get(leaderEpoch)));
    }

    /** The highest high watermark of earlier leader epochs. */
    long coveredBefore(int leaderEpoch) {
        return highWatermarks.stream()
                .limit(leaderEpoch)
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
    }

    /**
     * Members of the ISR are complete. A member that leaves an ISR when it becomes smaller than {@code min.insync.replicas}
     * stays complete until the ISR is large enough again.
     */
    void stateWritten(PartitionState state, int minInsync) {
        List<Incarnation> next = new ArrayList<>(state.isr());
        if (next.size() < Math.min(minInsync, cluster.settings.replicas())) {
            for (Incarnation member : complete) {
                if (!state.isrIds().contains(member.brokerId())) {
                    next.add(asLastStanding(state, member));
                }
            }
        }
        complete = next;
        for (Incarnation member : complete) {
            SimulatedBroker broker = cluster.broker(member.brokerId());
            if (broker.keeps(member)) {
                broker.isBack();
            }
        }
    }

    private static Incarnation asLastStanding(PartitionState state, Incarnation member) {
        return state.lastStanding().stream()
                .filter(standing -> standing.brokerId() == member.brokerId())
                .findFirst()
                .orElse(member);
    }

    /**
     * Whether a broker may be killed now. While no replica has lost what it wrote, any number may. Otherwise one replica must
     * be left of those that each acknowledged record waited for.
     */
    boolean allowsCrash(SimulatedBroker broker) {
        return cluster.replicas().stream().noneMatch(id -> cluster.broker(id).hasLost()) || allowsLoss(broker);
    }

    /** Whether a broker may lose what has not reached its disk. */
    boolean allowsLoss(SimulatedBroker broker) {
        long crashed = cluster.replicas().stream()
                .filter(id -> id == broker.id() || cluster.broker(id).hasCrashed())
                .count();
        return cluster.settings.uncleanElection()
                || !cluster.replicas().contains(broker.id())
                || crashed < cluster.store.minInsync();
    }

    /** Whether a log has everything committed, judged by its last record. */
    boolean holds(Disk disk) {
        return disk.endOffset() >= committed.size() && agrees(disk, committed.size());
    }

    /** Whether a log agrees with what is committed below an offset, judged by the record before it. */
    boolean agrees(Disk disk, long endOffset) {
        long last = Math.min(endOffset, committed.size()) - 1;
        return last < disk.startOffset() || disk.entry(last).equals(committed.get((int) last));
    }

    /** The offset below which no producer or consumer needs anything. */
    long retentionLimit() {
        return Math.max(0, committed.size() - 10);
    }
}
