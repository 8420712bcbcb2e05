package io.tailrace.replication.cluster;

import static io.tailrace.replication.cluster.ControlledCluster.EPOCH;
import static io.tailrace.replication.cluster.ControlledCluster.FIRST;
import static io.tailrace.replication.cluster.ControlledCluster.members;
import static io.tailrace.replication.cluster.ControlledCluster.state;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A partition on its way from brokers 1 and 2 to others. */
class ReassignmentTest {
    private static final PartitionAssignment FROM = PartitionAssignment.of(List.of(1, 2));

    private final ControlledCluster cluster = new ControlledCluster();

    private List<StateWrite> decide(PartitionAssignment assignment, PartitionState state) {
        return cluster.rules().decide(cluster.image(List.of(new PartitionImage(assignment, state))));
    }

    @Test
    void bothTheOldAndTheNewHoldItMeanwhile() {
        PartitionAssignment moving = FROM.reassignedTo(List.of(2, 3));
        assertThat(moving).isEqualTo(new PartitionAssignment(List.of(2, 3, 1), List.of(3), List.of(1)));
        assertThat(moving.before()).containsExactly(2, 1);
        assertThat(moving.target()).containsExactly(2, 3);
        assertThat(moving.joining()).containsExactly(3);
        assertThat(moving.preferredLeader()).isEqualTo(2);
        assertThat(moving.reassignedTo(List.of(2, 3))).as("asked for twice").isEqualTo(moving);
    }

    @Test
    void anotherOrderNeedsNoMove() {
        assertThat(FROM.reassignedTo(List.of(2, 1))).isEqualTo(PartitionAssignment.of(List.of(2, 1)));
    }

    @Test
    void aReplicaThatIsNotWantedAnyMoreGoesInGoodOrder() {
        PartitionAssignment elsewhere = FROM.reassignedTo(List.of(2, 3)).reassignedTo(List.of(2, 4));
        assertThat(elsewhere.replicas()).containsExactly(2, 4, 3, 1);
        assertThat(elsewhere.target()).containsExactly(2, 4);
        assertThat(elsewhere.joining()).containsExactly(4);
        assertThat(elsewhere.before()).containsExactly(2, 1);
        PartitionAssignment back = elsewhere.reassignedTo(elsewhere.before());
        assertThat(back.target()).containsExactly(2, 1);
        assertThat(back.joining()).isEmpty();
        assertThat(back.before()).containsExactly(2, 1);
    }

    @Test
    void aSingleReplicaThatMovesIsNotAskedToBeTwo() {
        assertThat(PartitionAssignment.of(List.of(1)).reassignedTo(List.of(2)).replicationFactor())
                .isOne();
        assertThat(FROM.reassignedTo(List.of(1, 2, 3)).replicationFactor()).isEqualTo(2);
        assertThat(FROM.replicationFactor()).isEqualTo(2);
    }

    @Test
    void leaderGoesOnWhileTheNewReplicasAreNotInSync() {
        assertThat(decide(FROM.reassignedTo(List.of(2, 3)), state(1, members(1, 2), List.of())))
                .isEmpty();
        assertThat(decide(FROM.reassignedTo(List.of(3, 4)), state(1, members(1, 2, 3), List.of())))
                .isEmpty();
    }

    @Test
    void itEndsWithLeaderIsrAndAssignmentInOneWrite() {
        PartitionAssignment moving = FROM.reassignedTo(List.of(2, 3));
        assertThat(decide(moving, state(1, members(1, 2, 3), List.of())))
                .containsExactly(
                        new StateWrite(FIRST, new PartitionState(2, 5, members(2, 3), List.of(), 2, EPOCH, 9), moving));
    }

    @Test
    void leaderThatStaysStartsAnEpochWhenAReplicaIsRemoved() {
        PartitionAssignment moving = FROM.reassignedTo(List.of(2, 3));
        PartitionState next =
                decide(moving, state(2, members(1, 2, 3), List.of())).get(0).next();
        assertThat(next).isEqualTo(new PartitionState(2, 5, members(2, 3), List.of(), 2, EPOCH, 9));
    }

    @Test
    void leaderStartsAnEpochWhenAReplicaIsRemovedThatWasNotInSync() {
        PartitionAssignment fewer = FROM.reassignedTo(List.of(1));
        PartitionState next =
                decide(fewer, state(1, members(1), List.of())).get(0).next();
        assertThat(next.leader()).isEqualTo(1);
        assertThat(next.leaderEpoch()).isEqualTo(5);
    }

    @Test
    void leaderStartsAnEpochWhenACancelledReassignmentRemovesAReplica() {
        PartitionAssignment more = FROM.reassignedTo(List.of(1, 2, 3));
        PartitionState next = decide(more.reassignedTo(more.before()), state(1, members(1, 2), List.of()))
                .get(0)
                .next();
        assertThat(next.leader()).isEqualTo(1);
        assertThat(next.leaderEpoch()).isEqualTo(5);
    }

    @Test
    void leaderStaysInItsEpochWhenNoReplicaIsRemoved() {
        PartitionState next = decide(FROM.reassignedTo(List.of(1, 2, 3)), state(1, members(1, 2, 3), List.of()))
                .get(0)
                .next();
        assertThat(next.leader()).isEqualTo(1);
        assertThat(next.leaderEpoch()).isEqualTo(4);
    }

    @Test
    void itEndsEvenIfTheBrokersThatGoAreGone() {
        cluster.brokers.remove(1);
        PartitionState next = decide(FROM.reassignedTo(List.of(2, 3)), state(1, members(1, 2, 3), List.of()))
                .get(0)
                .next();
        assertThat(next.leader()).isEqualTo(2);
        assertThat(next.leaderEpoch()).isEqualTo(5);
        assertThat(next.isr()).isEqualTo(members(2, 3));
    }

    @Test
    void itDoesNotEndWhileAReplicaThatCameIsDeadOrShutsDown() {
        PartitionAssignment moving = FROM.reassignedTo(List.of(2, 3));
        PartitionState inSync = state(1, members(1, 2, 3), List.of());
        cluster.draining(3);
        assertThat(decide(moving, inSync)).allMatch(write -> write.reassignedOrNull() == null);
        cluster.brokers.remove(3);
        assertThat(decide(moving, inSync)).allMatch(write -> write.reassignedOrNull() == null);
    }

    @Test
    void whatManyHaveIsNotLeftToFewerThanMinInsync() {
        PartitionAssignment fewer = PartitionAssignment.of(List.of(1, 2, 3)).reassignedTo(List.of(1, 2));
        assertThat(decide(fewer, state(1, members(1, 3), List.of()))).isEmpty();
        assertThat(decide(fewer, state(1, members(1, 2, 3), List.of()))
                        .get(0)
                        .next()
                        .isr())
                .isEqualTo(members(1, 2));
    }

    @Test
    void takenBackItEndsWithTheFormerReplicas() {
        PartitionAssignment moving = FROM.reassignedTo(List.of(3, 4));
        PartitionAssignment back = moving.reassignedTo(moving.before());
        StateWrite write = decide(back, state(3, members(3, 1, 2), List.of())).get(0);
        assertThat(write.reassignedOrNull()).isEqualTo(back);
        assertThat(write.next()).isEqualTo(new PartitionState(1, 5, members(1, 2), List.of(), 1, EPOCH, 9));
    }

    @Test
    void takenBackItWaitsIfOnlyTheNewReplicasHaveEverything() {
        PartitionAssignment moving = FROM.reassignedTo(List.of(3, 4));
        PartitionAssignment back = moving.reassignedTo(moving.before());
        assertThat(decide(back, state(3, members(3, 4), List.of()))).isEmpty();
    }

    @Test
    void lastReplicasStandingThatGoAreForgottenOnceEnoughOfThoseThatStayAreInSync() {
        PartitionAssignment moving = FROM.reassignedTo(List.of(2, 3));
        PartitionState next =
                decide(moving, state(2, members(2, 3), members(1))).get(0).next();
        assertThat(next.lastStanding()).isEmpty();
    }

    @Test
    void anUncleanElectionPrefersWhoHeldItBeforeToWhoHasJustBegunToCopy() {
        cluster.policy = new TopicPolicy(2, true);
        cluster.brokers.remove(1);
        PartitionAssignment moving = FROM.reassignedTo(List.of(3, 4));
        PartitionState next =
                decide(moving, state(1, members(1), List.of())).get(0).next();
        assertThat(next.leader()).isEqualTo(2);
        cluster.brokers.remove(2);
        next = decide(moving, state(1, members(1), List.of())).get(0).next();
        assertThat(next.leader()).isEqualTo(3);
    }
}
