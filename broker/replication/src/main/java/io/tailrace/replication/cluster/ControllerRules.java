package io.tailrace.replication.cluster;

import io.tailrace.protocol.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What the controller writes, given the cluster as it is: a first state for new partitions, a new leader for those whose
 * leader is gone, an ISR without those who are gone. Every decision is taken from the image alone, so whichever broker is
 * controller takes the same one, and one pass over the image covers every partition that a lost broker had.
 *
 * <p>A member of the ISR, or one of the last replicas standing, counts as the incarnation it is: a broker that came back
 * after an unclean stop is another one, and has left both. One that came back after a clean stop is taken over under
 * its new epoch.
 */
public final class ControllerRules {
    private final int controllerEpoch;
    private final Function<TopicImage, TopicPolicy> policies;

    /**
     * @param controllerEpoch the epoch under which the caller was elected
     * @param policies a topic's policy, defaults of the brokers included
     */
    public ControllerRules(int controllerEpoch, Function<TopicImage, TopicPolicy> policies) {
        this.controllerEpoch = controllerEpoch;
        this.policies = policies;
    }

    /** The states to write, in the order of topics and partitions; empty if all is as it should be. */
    public List<StateWrite> decide(ClusterImage image) {
        List<StateWrite> writes = new ArrayList<>();
        for (TopicImage topic : image.topics().values()) {
            if (image.deleting().contains(topic.name())) {
                continue;
            }
            TopicPolicy policy = policies.apply(topic);
            for (int i = 0; i < topic.partitions().size(); i++) {
                TopicPartition partition = new TopicPartition(topic.name(), i);
                decide(image, topic.partitions().get(i), policy)
                        .ifPresent(next -> writes.add(new StateWrite(partition, next)));
            }
        }
        return writes;
    }

    /** The writes that give the lead back to preferred leaders which are alive and in sync. */
    public List<StateWrite> preferLeaders(ClusterImage image) {
        List<StateWrite> writes = new ArrayList<>();
        for (TopicImage topic : image.topics().values()) {
            for (int i = 0; i < topic.partitions().size(); i++) {
                PartitionImage partition = topic.partitions().get(i);
                PartitionState state = partition.stateOrNull();
                int preferred = partition.assignment().preferredLeader();
                if (state != null
                        && state.leader() != preferred
                        && state.isr().stream().anyMatch(m -> m.brokerId() == preferred && isRegistered(image, m))) {
                    writes.add(new StateWrite(new TopicPartition(topic.name(), i), led(state, preferred)));
                }
            }
        }
        return writes;
    }

    private Optional<PartitionState> decide(ClusterImage image, PartitionImage partition, TopicPolicy policy) {
        PartitionState state = partition.stateOrNull();
        if (state == null) {
            return firstState(image, partition.assignment());
        }
        int minInsync = policy.minInsync(partition.assignment().replicas().size());
        PartitionState present = present(image, state, minInsync);
        PartitionState next = leads(image, state, present) ? present : elect(image, partition, present, policy);
        return next.sameContent(state) ? Optional.empty() : Optional.of(next);
    }

    /** A new partition is empty everywhere, so every replica that is alive is in sync. */
    private Optional<PartitionState> firstState(ClusterImage image, PartitionAssignment assignment) {
        List<Incarnation> alive = assignment.replicas().stream()
                .flatMap(id -> image.broker(id).stream())
                .filter(b -> !b.draining())
                .map(Broker::incarnation)
                .toList();
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

    /** The state without the members that are gone: those that were in sync are remembered, if they may be needed. */
    private static PartitionState present(ClusterImage image, PartitionState state, int minInsync) {
        PartitionState current = new PartitionState(
                state.leader(),
                state.leaderEpoch(),
                renewed(image, state.isr()),
                renewed(image, state.lastStanding()),
                state.lastLeader(),
                state.controllerEpoch(),
                state.version());
        List<Incarnation> isr =
                current.isr().stream().filter(m -> isRegistered(image, m)).toList();
        List<Incarnation> staying =
                isr.stream().filter(m -> !isDraining(image, m)).toList();
        if (!staying.isEmpty()) {
            isr = staying;
        }
        PartitionState shrunk = isr.equals(current.isr()) ? current : current.withIsr(isr, minInsync);
        List<Incarnation> standing = shrunk.lastStanding().stream()
                .filter(m -> image.broker(m.brokerId()).isEmpty() || isRegistered(image, m))
                .toList();
        return new PartitionState(
                shrunk.leader(),
                shrunk.leaderEpoch(),
                shrunk.isr(),
                standing,
                shrunk.lastLeader(),
                shrunk.controllerEpoch(),
                shrunk.version());
    }

    /** Members that came back without having lost anything, under the epoch they have now. */
    private static List<Incarnation> renewed(ClusterImage image, List<Incarnation> members) {
        return members.stream()
                .map(m -> image.broker(m.brokerId())
                        .filter(b -> b.continues(m))
                        .map(Broker::incarnation)
                        .orElse(m))
                .toList();
    }

    /** True if the leader of {@code state} leads on: under another broker epoch it has to be elected again. */
    private static boolean leads(ClusterImage image, PartitionState state, PartitionState present) {
        return state.leaderIncarnation()
                .filter(leader -> isRegistered(image, leader) && present.isr().contains(leader))
                .isPresent();
    }

    /**
     * Elects from the ISR; if nobody is left there, from the last replicas standing; if all of those came back without
     * what they had, whoever led last, who has the most. Any other replica only if the topic asks for it.
     */
    private PartitionState elect(
            ClusterImage image, PartitionImage partition, PartitionState present, TopicPolicy policy) {
        Optional<Incarnation> inSync = firstOf(partition, present.isr());
        if (inSync.isPresent()) {
            return led(present, inSync.get().brokerId());
        }
        Optional<Incarnation> standing = firstOf(
                partition,
                present.lastStanding().stream()
                        .filter(m -> isRegistered(image, m))
                        .toList());
        if (standing.isPresent()) {
            return ledAlone(present, standing.get());
        }
        List<Incarnation> alive = partition.assignment().replicas().stream()
                .flatMap(id -> image.broker(id).stream())
                .map(Broker::incarnation)
                .toList();
        Optional<Incarnation> lastLeader = present.lastStanding().isEmpty()
                ? alive.stream()
                        .filter(m -> m.brokerId() == present.lastLeader())
                        .findFirst()
                : Optional.empty();
        Optional<Incarnation> unclean =
                policy.uncleanElection() ? alive.stream().findFirst() : Optional.empty();
        return Stream.of(lastLeader, unclean)
                .flatMap(Optional::stream)
                .findFirst()
                .map(leader -> ledAlone(present.withoutStanding(), leader))
                .orElse(present);
    }

    /** The first replica, in the order of the assignment, that is one of these. */
    private static Optional<Incarnation> firstOf(PartitionImage partition, List<Incarnation> members) {
        return partition.assignment().replicas().stream()
                .flatMap(id -> members.stream().filter(m -> m.brokerId() == id))
                .findFirst();
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

    private static boolean isRegistered(ClusterImage image, Incarnation member) {
        return image.broker(member.brokerId())
                .filter(b -> b.epoch() == member.brokerEpoch())
                .isPresent();
    }

    private static boolean isDraining(ClusterImage image, Incarnation member) {
        return image.broker(member.brokerId()).filter(Broker::draining).isPresent();
    }
}
