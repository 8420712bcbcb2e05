package io.tailrace.replication.cluster;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The controller's decision about one partition, for one image of the cluster. */
final class PartitionDecision {
    private final ClusterImage image;
    private final TopicPartition partition;
    private final PartitionImage agreed;
    private final PartitionAssignment assignment;
    private final TopicPolicy policy;
    private final int controllerEpoch;

    PartitionDecision(
            ClusterImage image,
            TopicPartition partition,
            PartitionImage agreed,
            TopicPolicy policy,
            int controllerEpoch) {
        this.image = image;
        this.partition = partition;
        this.agreed = agreed;
        assignment = agreed.assignment();
        this.policy = policy;
        this.controllerEpoch = controllerEpoch;
    }

    /** The write that the partition needs; empty if it needs none. */
    Optional<StateWrite> decide() {
        PartitionState state = agreed.stateOrNull();
        if (state == null) {
            return firstState().map(first -> new StateWrite(partition, first));
        }
        PartitionState present = present(state);
        PartitionState next = leads(state, present) ? present : elect(present, policy.uncleanElection());
        if (assignment.reassigning() && canEnd(next)) {
            return Optional.of(new StateWrite(partition, inNewEpochIfRemoving(ended(next), state), assignment));
        }
        return next.sameContent(state) ? Optional.empty() : Optional.of(new StateWrite(partition, next));
    }

    /**
     * The leader starts a new epoch when a replica is removed: the replica deletes its log, and if it is added again, nothing that
     * it acknowledged in an earlier epoch counts.
     */
    private PartitionState inNewEpochIfRemoving(PartitionState ended, PartitionState before) {
        boolean isNewEpoch = ended.leaderEpoch() > before.leaderEpoch();
        return assignment.removing().isEmpty() || isNewEpoch ? ended : led(ended, ended.leader());
    }

    /** The broker that should lead. */
    int preferredLeader() {
        return assignment.preferredLeader();
    }

    /** Whether another broker leads although the preferred leader could. */
    boolean isImbalanced() {
        PartitionState state = agreed.stateOrNull();
        return state != null && state.leader() != assignment.preferredLeader() && preferredIsReady(state);
    }

    /** Elects the preferred leader, on request or for balance. */
    Election electPreferred() {
        PartitionState state = agreed.stateOrNull();
        if (state != null && state.leader() == assignment.preferredLeader()) {
            return Election.refused(partition, ErrorCode.ELECTION_NOT_NEEDED);
        }
        if (state == null || !preferredIsReady(state)) {
            return Election.refused(partition, ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE);
        }
        return Election.of(partition, led(state, assignment.preferredLeader()));
    }

    /** Elects any live replica, on request, if the partition has no leader. */
    Election electUnclean() {
        PartitionState state = agreed.stateOrNull();
        if (state == null) {
            return Election.refused(partition, ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE);
        }
        PartitionState present = present(state);
        if (leads(state, present)) {
            return Election.refused(partition, ErrorCode.ELECTION_NOT_NEEDED);
        }
        PartitionState next = elect(present, true);
        return next.leader() == PartitionState.NO_LEADER
                ? Election.refused(partition, ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE)
                : Election.of(partition, next);
    }

    private boolean preferredIsReady(PartitionState state) {
        return state.isr().stream()
                .anyMatch(m -> m.brokerId() == assignment.preferredLeader() && serves(m) && !isDraining(m));
    }

    /** A new partition is empty everywhere, so every live replica is in sync. */
    private Optional<PartitionState> firstState() {
        List<Incarnation> alive =
                alive().stream().filter(member -> !isDraining(member)).toList();
        return alive.stream()
                .findFirst()
                .map(leader -> new PartitionState(
                        leader.brokerId(),
                        0,
                        alive,
                        List.of(),
                        leader.brokerId(),
                        controllerEpoch,
                        PartitionState.NOT_WRITTEN));
    }

    /** The state without the members that are gone. Those that were in sync are remembered if they may be needed. */
    private PartitionState present(PartitionState state) {
        PartitionState current = new PartitionState(
                state.leader(),
                state.leaderEpoch(),
                renewed(state.isr()),
                renewed(state.lastStanding()),
                state.lastLeader(),
                state.controllerEpoch(),
                state.version());
        List<Incarnation> isr = current.isr().stream().filter(this::serves).toList();
        List<Incarnation> staying = isr.stream().filter(m -> !isDraining(m)).toList();
        if (!staying.isEmpty()) {
            isr = staying;
        }
        PartitionState shrunk = isr.equals(current.isr()) ? current : current.withIsr(isr, minInsync());
        List<Incarnation> standing =
                shrunk.lastStanding().stream().filter(this::canComeBack).toList();
        return new PartitionState(
                shrunk.leader(),
                shrunk.leaderEpoch(),
                shrunk.isr(),
                standing,
                shrunk.lastLeader(),
                shrunk.controllerEpoch(),
                shrunk.version());
    }

    /** The members, under their new epochs if they came back without having lost anything. */
    private List<Incarnation> renewed(List<Incarnation> members) {
        return members.stream()
                .map(m -> image.broker(m.brokerId())
                        .filter(b -> b.continues(m))
                        .map(Broker::incarnation)
                        .orElse(m))
                .toList();
    }

    /** Whether the leader of {@code state} stays. Under another broker epoch it must be elected again. */
    private boolean leads(PartitionState state, PartitionState present) {
        return state.leaderIncarnation()
                .filter(leader -> serves(leader) && present.isr().contains(leader))
                .isPresent();
    }

    /**
     * Elects from the ISR; if it is empty, from the last replicas standing; if all of those came back without what they had,
     * the last leader, which has the most. Any other replica only in an unclean election.
     */
    private PartitionState elect(PartitionState present, boolean unclean) {
        Optional<Incarnation> inSync = firstOf(present.isr());
        if (inSync.isPresent()) {
            return led(present, inSync.get().brokerId());
        }
        Optional<Incarnation> standing =
                firstOf(present.lastStanding().stream().filter(this::serves).toList());
        if (standing.isPresent()) {
            return ledAlone(present, standing.get());
        }
        List<Incarnation> alive = alive();
        Optional<Incarnation> lastLeader = present.lastStanding().isEmpty()
                ? alive.stream()
                        .filter(m -> m.brokerId() == present.lastLeader())
                        .findFirst()
                : Optional.empty();
        Optional<Incarnation> any = unclean ? firstOf(longHeld(alive)).or(() -> firstOf(alive)) : Optional.empty();
        return Stream.of(lastLeader, any)
                .flatMap(Optional::stream)
                .findFirst()
                .map(leader -> ledAlone(present.withoutStanding(), leader))
                .orElse(present);
    }

    /** The members that held the partition before the current reassignment: the others may have nothing yet. */
    private List<Incarnation> longHeld(List<Incarnation> members) {
        List<Integer> before = assignment.before();
        return members.stream().filter(m -> before.contains(m.brokerId())).toList();
    }

    /** The first of these in the order of the assignment; one that shuts down only if there is no other. */
    private Optional<Incarnation> firstOf(List<Incarnation> members) {
        List<Incarnation> inOrder = assignment.replicas().stream()
                .flatMap(id -> members.stream().filter(m -> m.brokerId() == id))
                .toList();
        return inOrder.stream().filter(m -> !isDraining(m)).findFirst().or(() -> inOrder.stream()
                .findFirst());
    }

    /** Whether the new replicas are in sync, and as many of the target's as it takes to acknowledge. */
    private boolean canEnd(PartitionState state) {
        List<Integer> target = assignment.target();
        long staying = state.isrIds().stream().filter(target::contains).count();
        return state.isrIds().containsAll(assignment.joining())
                && staying >= Math.max(1, policy.minInsync(target.size()));
    }

    /** The state once only the target of the reassignment holds the partition. */
    private PartitionState ended(PartitionState state) {
        List<Integer> target = assignment.target();
        List<Incarnation> staying =
                state.isr().stream().filter(m -> target.contains(m.brokerId())).toList();
        PartitionState shrunk = state.withIsr(staying, policy.minInsync(target.size()));
        return shrunk.leader() == PartitionState.NO_LEADER
                ? led(shrunk, firstOf(staying).orElseThrow().brokerId())
                : shrunk;
    }

    private PartitionState led(PartitionState state, int leader) {
        return new PartitionState(
                leader,
                state.leaderEpoch() + 1,
                state.isr(),
                state.lastStanding(),
                leader,
                controllerEpoch,
                state.version());
    }

    private PartitionState ledAlone(PartitionState state, Incarnation leader) {
        List<Incarnation> standing =
                state.lastStanding().stream().filter(m -> !m.equals(leader)).toList();
        return new PartitionState(
                leader.brokerId(),
                state.leaderEpoch() + 1,
                List.of(leader),
                standing,
                leader.brokerId(),
                controllerEpoch,
                state.version());
    }

    private int minInsync() {
        return policy.minInsync(assignment.replicationFactor());
    }

    /** The replicas that could lead, whatever their logs hold, in the order of the assignment. */
    private List<Incarnation> alive() {
        return assignment.replicas().stream()
                .flatMap(id -> image.broker(id).stream())
                .map(Broker::incarnation)
                .filter(this::serves)
                .toList();
    }

    /** Whether this incarnation is registered, holds the partition and can use its log. */
    private boolean serves(Incarnation member) {
        return assignment.replicas().contains(member.brokerId())
                && image.broker(member.brokerId())
                        .filter(b -> b.epoch() == member.brokerEpoch()
                                && !b.offline().contains(partition))
                        .isPresent();
    }

    /** Whether what this incarnation had may be available again: it is away, or its log cannot be used now. */
    private boolean canComeBack(Incarnation member) {
        return assignment.replicas().contains(member.brokerId())
                && image.broker(member.brokerId())
                        .map(b -> b.epoch() == member.brokerEpoch())
                        .orElse(true);
    }

    private boolean isDraining(Incarnation member) {
        return image.broker(member.brokerId()).filter(Broker::draining).isPresent();
    }
}
