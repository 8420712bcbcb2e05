package io.tailrace.replication.cluster;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the cluster has agreed on about a partition. Changed only by compare-and-set on {@code version}.
 *
 * @param leader the leader's id, {@link #NO_LEADER} while no replica can lead
 * @param leaderEpoch grows by one with every election; starts at 0
 * @param isr the in-sync replicas; the leader is one of them
 * @param lastStanding the last replicas standing (KIP-966): those that left the ISR when it became smaller than
 *     {@code min.insync.replicas}. They hold everything below the high watermark, and are elected before any other
 *     replica outside the ISR
 * @param lastLeader the broker that led last: elected when every last replica standing came back without a clean stop
 * @param controllerEpoch the epoch of the controller that elected the leader
 * @param version the partition epoch: the version of this state in the store, which grows by one with every write;
 *     {@link #NOT_WRITTEN} for a state that is to be created
 */
public record PartitionState(
        int leader,
        int leaderEpoch,
        List<Incarnation> isr,
        List<Incarnation> lastStanding,
        int lastLeader,
        int controllerEpoch,
        int version) {
    /** The leader of a partition without one. */
    public static final int NO_LEADER = -1;

    /** The version of a state that is not in the store yet. */
    public static final int NOT_WRITTEN = -1;

    public PartitionState {
        isr = List.copyOf(isr);
        lastStanding = List.copyOf(lastStanding);
        if (leader != NO_LEADER && member(isr, leader).isEmpty()) {
            throw new IllegalArgumentException("leader " + leader + " must be in the ISR, which is " + isr);
        }
    }

    /** The same state under another version. */
    public PartitionState withVersion(int newVersion) {
        return new PartitionState(leader, leaderEpoch, isr, lastStanding, lastLeader, controllerEpoch, newVersion);
    }

    /** The incarnation that leads, if there is one. */
    public Optional<Incarnation> leaderIncarnation() {
        return member(isr, leader);
    }

    /** The ids of the in-sync replicas, in the order of {@link #isr}. */
    public List<Integer> isrIds() {
        return isr.stream().map(Incarnation::brokerId).toList();
    }

    /** Whether both are equal apart from their versions. */
    public boolean sameContent(PartitionState other) {
        return withVersion(other.version).equals(other);
    }

    /**
     * This state with another ISR. Members that leave it are remembered if it is smaller than {@code minInsync}: the high
     * watermark stays where it is then, so they leave with everything below it. With a larger ISR the high watermark may
     * pass them, and nothing is remembered.
     */
    public PartitionState withIsr(List<Incarnation> newIsr, int minInsync) {
        List<Incarnation> standing = newIsr.size() < minInsync ? completeWithout(newIsr) : List.of();
        int newLeader = member(newIsr, leader).isPresent() ? leader : NO_LEADER;
        return new PartitionState(newLeader, leaderEpoch, newIsr, standing, lastLeader, controllerEpoch, version);
    }

    /** The members that have everything acknowledged, without the brokers of {@code newIsr}. */
    private List<Incarnation> completeWithout(List<Incarnation> newIsr) {
        return Stream.concat(lastStanding.stream(), isr.stream())
                .filter(m -> member(newIsr, m.brokerId()).isEmpty())
                .distinct()
                .toList();
    }

    /** This state without last replicas standing. */
    public PartitionState withoutStanding() {
        return new PartitionState(leader, leaderEpoch, isr, List.of(), lastLeader, controllerEpoch, version);
    }

    /** Whether the leader may lack acknowledged records: by the state before, it did not have everything. */
    public boolean isUncleanAfter(PartitionState former) {
        return leader != NO_LEADER
                && leader != former.lastLeader
                && member(former.isr, leader).isEmpty()
                && member(former.lastStanding, leader).isEmpty();
    }

    private static Optional<Incarnation> member(List<Incarnation> members, int brokerId) {
        return members.stream().filter(m -> m.brokerId() == brokerId).findFirst();
    }
}
