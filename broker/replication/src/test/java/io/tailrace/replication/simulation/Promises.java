package io.tailrace.replication.simulation;

import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.replication.simulation.Disk.Entry;
import java.util.ArrayList;
import java.util.List;

/**
 * What has been promised, and by whom, taken down apart from the rules that are to keep it: the records that a high
 * watermark has covered, and the replicas that must have all of them. Done to a cluster is only what it has promised to
 * stand.
 */
final class Promises {
    private final Cluster cluster;
    private final List<Entry> committed = new ArrayList<>();
    /** Highest high watermark of each leader epoch, as far as a leader got to have one. */
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

    /** Takes down what a leader's high watermark covers now. */
    void commit(int leaderEpoch, Disk disk, long highWatermark) {
        if (cluster.settings.uncleanElection()) {
            return;
        }
        for (long offset = committed.size(); offset < highWatermark; offset++) {
            committed.add(disk.entry(offset));
        }
        while (highWatermarks.size() <= leaderEpoch) {
            highWatermarks.add(0L);
        }
        highWatermarks.set(leaderEpoch, Math.max(highWatermark, highWatermarks.get(leaderEpoch)));
    }

    /** The highest offset that was covered in an earlier leader epoch. */
    long coveredBefore(int leaderEpoch) {
        return highWatermarks.stream()
                .limit(leaderEpoch)
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
    }

    /**
     * Whoever is in sync is complete. Who leaves an ISR that becomes smaller than {@code min.insync.replicas} stays so
     * until it is large enough again.
     */
    void stateWritten(PartitionState state, int minInsync) {
        List<Incarnation> next = new ArrayList<>(state.isr());
        if (next.size() < Math.min(minInsync, cluster.settings.replicas())) {
            for (Incarnation member : complete) {
                if (!state.isrIds().contains(member.brokerId())) {
                    next.add(asRemembered(state, member));
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

    private static Incarnation asRemembered(PartitionState state, Incarnation member) {
        return state.lastStanding().stream()
                .filter(standing -> standing.brokerId() == member.brokerId())
                .findFirst()
                .orElse(member);
    }

    /**
     * Whether a broker's process may end at once. Any number may, as long as none of them loses what it wrote; else so many
     * at a time that one is left of those whom each acknowledged record waited for.
     */
    boolean mayCrash(SimulatedBroker broker) {
        return cluster.replicas().stream().noneMatch(id -> cluster.broker(id).hasLost()) || mayLose(broker);
    }

    /** Whether a broker may lose what had not reached its disk. */
    boolean mayLose(SimulatedBroker broker) {
        long crashed = cluster.replicas().stream()
                .filter(id -> id == broker.id() || cluster.broker(id).hasCrashed())
                .count();
        return cluster.settings.uncleanElection()
                || !cluster.replicas().contains(broker.id())
                || crashed < cluster.store.minInsync();
    }

    /** Whether a log has everything that was committed: cheaply, by its last record. */
    boolean holds(Disk disk) {
        return disk.endOffset() >= committed.size() && agrees(disk, committed.size());
    }

    /** Whether a log agrees with what was committed below an offset: cheaply, by the record before. */
    boolean agrees(Disk disk, long endOffset) {
        long last = Math.min(endOffset, committed.size()) - 1;
        return last < disk.startOffset() || disk.entry(last).equals(committed.get((int) last));
    }

    /** Below this offset is nothing that a producer or consumer has not done with. */
    long mayBeDropped() {
        return Math.max(0, committed.size() - 10);
    }
}
