package io.tailrace.replication.simulation;

import io.tailrace.replication.Leader;
import io.tailrace.replication.LogView;
import io.tailrace.replication.Replica;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.replication.simulation.Disk.Entry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What must hold at every moment, whatever has been done to the cluster. */
final class Invariants {
    private final Cluster cluster;
    /** Who led in each leader epoch. */
    private final Map<Integer, Incarnation> leaders = new HashMap<>();

    private final boolean nothingMayBeLost;
    private boolean changed;

    Invariants(Cluster cluster) {
        this.cluster = cluster;
        nothingMayBeLost = !cluster.settings.uncleanElection();
    }

    /** Something has happened that an invariant can be broken by. */
    void somethingChanged() {
        changed = true;
    }

    /** After every event. */
    void check() {
        if (!changed) {
            return;
        }
        changed = false;
        for (SimulatedBroker broker : cluster.brokers) {
            broker.process()
                    .ifPresent(process -> check(broker, process.partition().role()));
        }
        if (nothingMayBeLost) {
            cluster.promises.complete().forEach(this::checkComplete);
        }
    }

    private void checkComplete(Incarnation member) {
        SimulatedBroker broker = cluster.broker(member.brokerId());
        if (broker.keeps(member) && !promises().holds(broker.disk())) {
            throw new BrokenPromise("%s is to have everything committed, up to %d, and ends at %d"
                    .formatted(member, committed().size(), broker.disk().endOffset()));
        }
    }

    private void check(SimulatedBroker broker, Replica role) {
        LogView log = role.log();
        Disk disk = broker.disk();
        if (!log.extent().equals(disk.extent())) {
            throw new BrokenPromise(
                    "the rules expect %s of broker %d, its log is %s".formatted(log, broker.id(), disk.extent()));
        }
        if (role instanceof Leader leader) {
            checkElected(leader);
        }
        if (nothingMayBeLost
                && (log.highWatermark() > committed().size() || !promises().agrees(disk, log.highWatermark()))) {
            throw new BrokenPromise("broker %d believes what is before %d committed; %d are, or others"
                    .formatted(broker.id(), log.highWatermark(), committed().size()));
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
            throw new BrokenPromise("a controller of epoch %d writes, the newest is of epoch %d"
                    .formatted(controllerEpoch, newestControllerEpoch));
        }
    }

    /** A record is appended that all in-sync replicas are to acknowledge: there must be enough, as far as is known. */
    void appendsForAllInsync(Leader leader) {
        int insync = leader.view().agreed().orElseThrow().state().isr().size();
        int needed = cluster.settings.policy(leader.view().minInsyncReplicas()).minInsync(cluster.settings.replicas());
        if (insync < needed) {
            throw new BrokenPromise("%s appends for all in sync, who are %d of the %d it takes"
                    .formatted(leader.view().self(), insync, needed));
        }
    }

    /** {@code acks=all}: every in-sync replica has it. */
    void acknowledgesForAllInsync(long offset, long value) {
        if (nothingMayBeLost
                && (offset >= committed().size()
                        || committed().get((int) offset).value() != value)) {
            throw new BrokenPromise("%d is acknowledged at %d, %d are committed, or others"
                    .formatted(value, offset, committed().size()));
        }
    }

    /** {@code acks=1}: the leader has it. */
    void acknowledgesForLeader(int leader, long offset, long value) {
        Disk disk = cluster.broker(leader).disk();
        if (offset >= disk.endOffset() || disk.entry(offset).value() != value) {
            throw new BrokenPromise(
                    "broker %d acknowledges %d at %d, and does not have it".formatted(leader, value, offset));
        }
    }

    void consumes(long offset, Entry entry) {
        if (nothingMayBeLost
                && (offset >= committed().size()
                        || !committed().get((int) offset).equals(entry))) {
            throw new BrokenPromise("a consumer gets %s at %d, %d are committed"
                    .formatted(entry, offset, committed().size()));
        }
    }

    void isOutOfRange(long offset) {
        if (nothingMayBeLost) {
            throw new BrokenPromise(
                    "a consumer has come to %d, and is told that there is no such offset".formatted(offset));
        }
    }

    void tellsLatestOffset(int leaderEpoch, long offset) {
        long before = promises().coveredBefore(leaderEpoch);
        if (nothingMayBeLost && offset < before) {
            throw new BrokenPromise(
                    "the latest offset in epoch %d is %d, it was %d before".formatted(leaderEpoch, offset, before));
        }
    }

    /** A broker that stopped in order while nothing failed had nothing left that another could have had. */
    void missesNobody(int broker) {
        boolean alone = cluster.replicas().equals(List.of(broker));
        if (!alone
                && cluster.store
                        .state()
                        .filter(state -> state.isrIds().contains(broker))
                        .isPresent()) {
            throw new BrokenPromise("broker %d stops while it is in sync: %s".formatted(broker, cluster.store.state()));
        }
    }

    private Promises promises() {
        return cluster.promises;
    }

    private List<Entry> committed() {
        return cluster.promises.committed();
    }
}
