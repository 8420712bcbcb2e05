package io.tailrace.replication.cluster;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the cluster has agreed on about a partition. It is changed by compare-and-set on {@code version} only.
 *
 * @param leader the leader's id, {@link #NO_LEADER} while nobody can lead
 * @param leaderEpoch grows by one with every election; starts at 0
 * @param isr the in-sync replicas; the leader is one of them
 * @param lastStanding the last replicas standing (KIP-966): those that left the ISR when it became smaller than
 *     {@code min.insync.replicas}. They hold everything below the high watermark, and are elected before anybody else
 *     outside the ISR
 * @param lastLeader who led last: elected when every last replica standing came back without a clean stop
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
    /** Leader of a partition that has none. */
    public static final int NO_LEADER = -1;

    /** Version of a state that is not in the store yet. */
    public static final int NOT_WRITTEN = -1;

    public PartitionState {
        isr = List.copyOf(isr);
        lastStanding = List.copyOf(lastStanding);
        if (leader != NO_LEADER && member(isr, leader).isEmpty()) {
            throw new IllegalArgumentException("leader " + leader + " must be in the ISR, which is " + isr);
        }
    }

    /** The same state as it is in the store under another version. */
    public PartitionState withVersion(int newVersion) {
        return new PartitionState(leader, leaderEpoch, isr, lastStanding, lastLeader, controllerEpoch, newVersion);
    }

    /** The incarnation that leads, if any does. */
    public Optional<Incarnation> leaderIncarnation() {
        return member(isr, leader);
    }

    /** The ids of the in-sync replicas, in the order of {@link #isr}. */
    public List<Integer> isrIds() {
        return isr.stream().map(Incarnation::brokerId).toList();
    }

    /** True if both say the same, whatever their versions. */
    public boolean sameContent(PartitionState other) {
        return withVersion(other.version).equals(other);
    }

    /**
     * This state with another ISR, remembering who was let go.
     *
     * <p>An ISR of at least {@code minInsync} needs no memory: from then on the high watermark may pass the others. One
     * that is smaller keeps it where it is, so that whoever leaves, leaves complete.
     */
    public PartitionState withIsr(List<Incarnation> newIsr, int minInsync) {
        List<Incarnation> standing = newIsr.size() < minInsync ? completeBut(newIsr) : List.of();
        int newLeader = member(newIsr, leader).isPresent() ? leader : NO_LEADER;
        return new PartitionState(newLeader, leaderEpoch, newIsr, standing, lastLeader, controllerEpoch, version);
    }

    /** Those that have everything that is acknowledged, but for the brokers in {@code newIsr}. */
    private List<Incarnation> completeBut(List<Incarnation> newIsr) {
        return Stream.concat(lastStanding.stream(), isr.stream())
                .filter(m -> member(newIsr, m.brokerId()).isEmpty())
                .distinct()
                .toList();
    }

    /** This state with nobody remembered. */
    public PartitionState withoutStanding() {
        return new PartitionState(leader, leaderEpoch, isr, List.of(), lastLeader, controllerEpoch, version);
    }

    /** True if the leader was, by the state before, not one of those that have everything: what they had may be lost. */
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
