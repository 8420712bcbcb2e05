package io.tailrace.simulation;

import io.tailrace.replication.Leader;
import io.tailrace.replication.LogExtent;
import io.tailrace.replication.LogView;
import io.tailrace.replication.Replica;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.simulation.Disk.Entry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What must hold after every event, whatever faults there were. */
final class Invariants {
    private final Cluster cluster;
    /** The leader of each leader epoch. */
    private final Map<Integer, Incarnation> leaders = new HashMap<>();

    private final boolean lossIsForbidden;
    private boolean changed;

    Invariants(Cluster cluster) {
        this.cluster = cluster;
        lossIsForbidden = !cluster.settings.uncleanElection();
    }

    /** Something happened that can break an invariant. */
    void somethingChanged() {
        changed = true;
    }

    /** Called after every event. */
    void check() {
        if (!changed) {
            return;
        }
        changed = false;
        for (SimulatedBroker broker : cluster.brokers) {
            broker.process()
                    .ifPresent(process -> check(broker, process.partition().replica()));
        }
        if (lossIsForbidden) {
            cluster.promises.complete().forEach(this::checkComplete);
        }
    }

    private void checkComplete(Incarnation member) {
        SimulatedBroker broker = cluster.broker(member.brokerId());
        if (broker.keeps(member) && !promises().holds(broker.disk())) {
            throw new BrokenPromise("%s must have everything committed, up to %d, but its log ends at %d"
                    .formatted(member, committed().size(), broker.disk().endOffset()));
        }
    }

    private void check(SimulatedBroker broker, Replica role) {
        LogView log = role.log();
        Disk disk = broker.disk();
        LogExtent extent = new LogExtent(disk.log().epochs(), disk.startOffset(), disk.endOffset());
        if (!log.extent().equals(extent)) {
            throw new BrokenPromise(
                    "the rules expect %s of broker %d, its log is %s".formatted(log, broker.id(), extent));
        }
        if (role instanceof Leader leader) {
            checkElected(leader);
        }
        if (lossIsForbidden
                && (log.highWatermark() > committed().size() || !promises().agrees(disk, log.highWatermark()))) {
            throw new BrokenPromise(
                    "broker %d takes the records below %d for committed, which %d are, or its records differ"
                            .formatted(
                                    broker.id(),
                                    log.highWatermark(),
                                    committed().size()));
        }
    }

    private void checkElected(Leader leader) {
        Incarnation self = leader.view().self();
        PartitionState agreed = leader.view().agreed().orElseThrow().state();
        if (agreed.leader() != self.brokerId() || !agreed.isr().contains(self)) {
            throw new BrokenPromise("%s leads by %s".formatted(self, agreed));
        }
        Incarnation first = leaders.putIfAbsent(leader.leaderEpoch(), self);
        if (first != null && !first.equals(self)) {
            throw new BrokenPromise("%s and %s have both led in epoch %d".formatted(first, self, leader.leaderEpoch()));
        }
    }

    void stateChanges(PartitionState before, PartitionState after) {
        if (after.leaderEpoch() < before.leaderEpoch() || after.controllerEpoch() < before.controllerEpoch()) {
            throw new BrokenPromise("%s is followed by %s".formatted(before, after));
        }
    }

    void controllerWrites(int controllerEpoch, int newestControllerEpoch) {
        if (controllerEpoch != newestControllerEpoch) {
            throw new BrokenPromise("a controller of epoch %d writes, the newest has epoch %d"
                    .formatted(controllerEpoch, newestControllerEpoch));
        }
    }

    /** A record for all in-sync replicas was appended: the leader must know of enough of them. */
    void appendsForAllInsync(Leader leader) {
        int insync = leader.view().agreed().orElseThrow().state().isr().size();
        int needed = cluster.settings.policy(leader.view().minInsyncReplicas()).minInsync(cluster.settings.replicas());
        if (insync < needed) {
            throw new BrokenPromise("%s appends for all in-sync replicas, which are %d of the %d required"
                    .formatted(leader.view().self(), insync, needed));
        }
    }

    /** {@code acks=all}: every in-sync replica must have the record. */
    void acknowledgesForAllInsync(long offset, long value) {
        if (lossIsForbidden
                && (offset >= committed().size()
                        || committed().get((int) offset).value() != value)) {
            throw new BrokenPromise("%d is acknowledged at %d, but %d records are committed, or another one there"
                    .formatted(value, offset, committed().size()));
        }
    }

    /** {@code acks=1}: the leader must have the record. */
    void acknowledgesForLeader(int leader, long offset, long value) {
        Disk disk = cluster.broker(leader).disk();
        if (offset >= disk.endOffset() || disk.entry(offset).value() != value) {
            throw new BrokenPromise(
                    "broker %d acknowledges %d at %d, but does not have it".formatted(leader, value, offset));
        }
    }

    void consumes(long offset, Entry entry) {
        if (lossIsForbidden
                && (offset >= committed().size()
                        || !committed().get((int) offset).equals(entry))) {
            throw new BrokenPromise("a consumer gets %s at %d, but %d records are committed, or another one there"
                    .formatted(entry, offset, committed().size()));
        }
    }

    void isOutOfRange(long offset) {
        if (lossIsForbidden) {
            throw new BrokenPromise(
                    "a consumer that has read up to %d is answered that the offset is out of range".formatted(offset));
        }
    }

    void answersLatestOffset(int leaderEpoch, long offset) {
        long before = promises().coveredBefore(leaderEpoch);
        if (lossIsForbidden && offset < before) {
            throw new BrokenPromise(
                    "the latest offset in epoch %d is %d, but it was %d before".formatted(leaderEpoch, offset, before));
        }
    }

    /** A broker that stops cleanly while nothing fails must have handed over everything that another broker could take. */
    void hasHandedOver(int broker) {
        boolean alone = cluster.replicas().equals(List.of(broker));
        if (!alone
                && cluster.store
                        .state()
                        .filter(state -> state.isrIds().contains(broker))
                        .isPresent()) {
            throw new BrokenPromise(
                    "broker %d stops while it is in the ISR: %s".formatted(broker, cluster.store.state()));
        }
    }

    private Promises promises() {
        return cluster.promises;
    }

    private List<Entry> committed() {
        return cluster.promises.committed();
    }
}
