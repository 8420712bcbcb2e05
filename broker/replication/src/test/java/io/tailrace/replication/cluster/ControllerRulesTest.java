package io.tailrace.replication.cluster;

import static io.tailrace.replication.cluster.ControlledCluster.EPOCH;
import static io.tailrace.replication.cluster.ControlledCluster.members;
import static io.tailrace.replication.cluster.ControlledCluster.state;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.TopicPartition;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What the controller decides about a partition with replicas on 1, 2 and 3, registered under 100, 200 and 300. */
class ControllerRulesTest {
    private final ControlledCluster cluster = new ControlledCluster();

    @Test
    void aNewPartitionIsLedByItsFirstReplicaAliveAndAllAliveAreInSync() {
        cluster.brokers.remove(1);
        TopicImage topic = new TopicImage(
                "web",
                new UUID(0, 1),
                List.of(new PartitionImage(PartitionAssignment.of(List.of(1, 2, 3)), null)),
                Map.of());
        ClusterImage image = new ClusterImage("c", cluster.brokers, new TreeMap<>(Map.of("web", topic)), Set.of(), 1);
        assertThat(cluster.rules().decide(image))
                .containsExactly(new StateWrite(
                        new TopicPartition("web", 0),
                        new PartitionState(2, 0, members(2, 3), List.of(), 2, EPOCH, PartitionState.NOT_WRITTEN)));
    }

    @Test
    void nothingIsWrittenWhenAllIsWell() {
        assertThat(cluster.rules().decide(cluster.image(state(1, members(1, 2, 3), List.of()))))
                .isEmpty();
    }

    @Test
    void aTopicThatIsBeingDeletedIsLeftAlone() {
        ClusterImage image = cluster.image(state(1, members(1), List.of()));
        cluster.brokers.remove(1);
        ClusterImage deleting = new ClusterImage("c", cluster.brokers, image.topics(), Set.of("web"), 2);
        assertThat(cluster.rules().decide(deleting)).isEmpty();
    }

    @Test
    void aTopicThatIsNotDeletedAfterAllIsDecidedOn() {
        ClusterImage image = cluster.image(state(4, List.of(new Incarnation(4, 1)), List.of()));
        ClusterImage deleting = new ClusterImage("c", cluster.brokers, image.topics(), Set.of("web"), 1);
        assertThat(cluster.rules().decide(image, image)).isEmpty();
        assertThat(cluster.rules().decide(image, deleting)).hasSize(1);
    }

    @Test
    void aLostLeaderIsReplacedFromTheIsrInTheOrderOfTheReplicas() {
        cluster.brokers.remove(1);
        PartitionState next = cluster.decide(state(1, members(1, 3, 2), List.of()));
        assertThat(next).isEqualTo(new PartitionState(2, 5, members(3, 2), List.of(), 2, EPOCH, 9));
    }

    @Test
    void aLostFollowerLeavesTheIsrWithoutAnElection() {
        cluster.brokers.remove(3);
        PartitionState next = cluster.decide(state(1, members(1, 2, 3), List.of()));
        assertThat(next.leaderEpoch()).isEqualTo(4);
        assertThat(next.isrIds()).containsExactly(1, 2);
    }

    @Test
    void oneLostBrokerIsReplacedEverywhereInOnePass() {
        cluster.brokers.remove(1);
        PartitionState[] states = new PartitionState[500];
        Arrays.fill(states, state(1, members(1, 2, 3), List.of()));
        assertThat(cluster.rules().decide(cluster.image(states)))
                .hasSize(500)
                .allMatch(write -> write.next().leader() == 2);
    }

    @Test
    void nobodyOutsideTheIsrIsElected() {
        cluster.brokers.remove(1);
        PartitionState next = cluster.decide(state(1, members(1), List.of()));
        assertThat(next.leader()).isEqualTo(PartitionState.NO_LEADER);
        assertThat(next.isr()).isEmpty();
        assertThat(next.lastStanding()).isEqualTo(members(1));
    }

    @Test
    void anyReplicaIsElectedIfTheTopicAsksForIt() {
        cluster.policy = new TopicPolicy(2, true);
        cluster.brokers.remove(1);
        PartitionState next = cluster.decide(state(1, members(1), List.of()));
        assertThat(next.leader()).isEqualTo(2);
        assertThat(next.isr()).isEqualTo(members(2));
        assertThat(next.lastStanding()).isEmpty();
    }

    @Test
    void replicasThatLeaveASmallIsrAreRemembered() {
        cluster.brokers.remove(3);
        PartitionState next = cluster.decide(state(1, members(1, 3), List.of()));
        assertThat(next.lastStanding()).isEqualTo(members(3));
    }

    @Test
    void theLastReplicasStandingAreElectedWhenTheIsrIsEmpty() {
        cluster.brokers.remove(1);
        PartitionState next = cluster.decide(state(1, members(1), members(3)));
        assertThat(next.leader()).isEqualTo(3);
        assertThat(next.isr()).isEqualTo(members(3));
        assertThat(next.lastStanding()).as("broker 1 may come back").isEqualTo(members(1));
    }

    @Test
    void aBrokerThatRestartsAfterAnUncleanStopHasLeftTheIsr() {
        cluster.registered(2, 250, Broker.NONE);
        PartitionState next = cluster.decide(state(1, members(1, 2, 3), List.of()));
        assertThat(next.isrIds()).containsExactly(1, 3);
    }

    @Test
    void aBrokerThatRestartsAfterAnUncleanStopIsNoLongerOneOfTheLastStanding() {
        cluster.brokers.remove(1);
        cluster.registered(3, 350, Broker.NONE);
        PartitionState next = cluster.decide(state(PartitionState.NO_LEADER, List.of(), members(1, 3)));
        assertThat(next.leader()).isEqualTo(PartitionState.NO_LEADER);
        assertThat(next.lastStanding()).isEqualTo(members(1));
    }

    @Test
    void aBrokerThatRestartsAfterACleanStopKeepsItsPlaceUnderItsNewEpoch() {
        cluster.registered(2, 250, 200);
        PartitionState next = cluster.decide(state(1, members(1, 2, 3), List.of()));
        assertThat(next.isr())
                .containsExactly(
                        members(1).get(0), new Incarnation(2, 250), members(3).get(0));
        assertThat(next.leaderEpoch()).isEqualTo(4);
    }

    @Test
    void aLeaderUnderANewBrokerEpochIsElectedAgain() {
        cluster.registered(1, 150, 100);
        PartitionState next = cluster.decide(state(1, members(1, 2), List.of()));
        assertThat(next.leader()).isEqualTo(1);
        assertThat(next.leaderEpoch()).isEqualTo(5);
        assertThat(next.isr())
                .containsExactly(new Incarnation(1, 150), members(2).get(0));
    }

    @Test
    void aBrokerWhoseSessionsEndedFasterThanTheControllerSawKeepsItsPlace() {
        cluster.registered(2, 260, 150);
        PartitionState next = cluster.decide(state(1, members(1, 2, 3), List.of()));
        assertThat(next.isr()).contains(new Incarnation(2, 260)).hasSize(3);
    }

    @Test
    void theOnlyReplicaLeadsAgainAfterAnUncleanStop() {
        cluster.registered(1, 150, Broker.NONE);
        TopicImage topic = new TopicImage(
                "web",
                new UUID(0, 1),
                List.of(new PartitionImage(PartitionAssignment.of(List.of(1)), state(1, members(1), List.of()))),
                Map.of());
        ClusterImage image = new ClusterImage("c", cluster.brokers, new TreeMap<>(Map.of("web", topic)), Set.of(), 1);
        PartitionState next = cluster.rules().decide(image).get(0).next();
        assertThat(next.leaderIncarnation()).contains(new Incarnation(1, 150));
        assertThat(next.leaderEpoch()).isEqualTo(5);
    }

    @Test
    void whoLedLastIsElectedOnceAllLastStandingCameBackWithoutTheirData() {
        cluster.registered(1, 150, Broker.NONE);
        cluster.registered(2, 250, Broker.NONE);
        PartitionState next = cluster.decide(state(PartitionState.NO_LEADER, List.of(), members(1, 2)));
        assertThat(next.leaderIncarnation()).contains(new Incarnation(1, 150));
        assertThat(next.isrIds()).containsExactly(1);
    }

    @Test
    void aBrokerThatShutsDownHandsOverAndLeavesTheIsr() {
        cluster.draining(1);
        PartitionState next = cluster.decide(state(1, members(1, 2, 3), List.of()));
        assertThat(next.leader()).isEqualTo(2);
        assertThat(next.isrIds()).containsExactly(2, 3);
    }

    @Test
    void aBrokerThatShutsDownAndHasNobodyToHandOverToStays() {
        cluster.draining(1);
        assertThat(cluster.rules().decide(cluster.image(state(1, members(1), List.of()))))
                .isEmpty();
    }

    @Test
    void decisionsAreStableOnceTheyAreWritten() {
        cluster.brokers.remove(1);
        cluster.registered(3, 350, Broker.NONE);
        PartitionState next = cluster.decide(state(1, members(1, 2, 3), List.of()));
        assertThat(cluster.rules().decide(cluster.image(next))).isEmpty();
    }

    @Test
    void aBrokerThatCannotUseItsLogLeadsNothingAndLeavesTheIsr() {
        cluster.offline(1, ControlledCluster.FIRST);
        List<StateWrite> writes = cluster.rules()
                .decide(cluster.image(state(1, members(1, 2, 3), List.of()), state(1, members(1, 2), List.of())));
        assertThat(writes).as("its other partition stays").hasSize(1);
        assertThat(writes.get(0).next()).isEqualTo(new PartitionState(2, 5, members(2, 3), List.of(), 2, EPOCH, 9));
    }

    @Test
    void aReplicaWhoseLogFailedIsRememberedAndNotElected() {
        cluster.offline(1, ControlledCluster.FIRST);
        PartitionState next = cluster.decide(state(1, members(1), List.of()));
        assertThat(next.leader()).isEqualTo(PartitionState.NO_LEADER);
        assertThat(next.lastStanding()).isEqualTo(members(1));
        assertThat(cluster.decide(next)).as("nor in the next pass").isEqualTo(next);
        cluster.policy = new TopicPolicy(2, true);
        assertThat(cluster.decide(next).leader()).isEqualTo(2);
    }

    @Test
    void aNewPartitionIsNotLedWhereItsLogCouldNotBeMade() {
        cluster.offline(1, ControlledCluster.FIRST);
        List<PartitionImage> created = List.of(new PartitionImage(PartitionAssignment.of(List.of(1, 2)), null));
        assertThat(cluster.rules().decide(cluster.image(created)).get(0).next().isr())
                .isEqualTo(members(2));
    }

    @Test
    void ofTheLastReplicasStandingOneThatShutsDownIsElectedOnlyIfThereIsNoOther() {
        cluster.brokers.remove(3);
        cluster.draining(1);
        PartitionState nobody = state(PartitionState.NO_LEADER, List.of(), members(1, 2));
        assertThat(cluster.decide(nobody).leader()).isEqualTo(2);
        cluster.brokers.remove(2);
        assertThat(cluster.decide(nobody).leader()).isEqualTo(1);
    }

    @Test
    void aMemberOfTheIsrThatDoesNotHoldThePartitionIsDropped() {
        PartitionState next = cluster.decide(state(1, members(1, 2, 4), List.of()));
        assertThat(next.isrIds()).containsExactly(1, 2);
    }

    @Test
    void ofAnImageThatSharesPartitionsWithTheLastOnlyTheOthersAreDecidedOn() {
        PartitionImage undecided =
                new PartitionImage(PartitionAssignment.of(List.of(1, 2, 3)), state(1, members(1, 2), List.of()));
        cluster.brokers.remove(1);
        ClusterImage before = cluster.image(List.of(undecided, undecided));
        ClusterImage after = cluster.image(List.of(
                undecided,
                new PartitionImage(PartitionAssignment.of(List.of(1, 2, 3)), state(1, members(1, 3), List.of()))));
        assertThat(cluster.rules().decide(after)).hasSize(2);
        assertThat(cluster.rules().decide(after, before))
                .extracting(write -> write.partition().partition())
                .containsExactly(1);
    }

    @Test
    void everyPartitionIsDecidedOnAnewWhenBrokersOrSettingsChange() {
        ClusterImage before = cluster.image(state(1, members(1, 2), List.of()));
        cluster.brokers.remove(1);
        ClusterImage after = new ClusterImage("c", cluster.brokers, before.topics(), Set.of(), 1);
        assertThat(cluster.rules().decide(after, before)).hasSize(1);
        TopicImage topic = before.topic("web").orElseThrow();
        TopicImage configured = new TopicImage("web", topic.id(), topic.partitions(), Map.of("a", "1"));
        ClusterImage reconfigured =
                new ClusterImage("c", cluster.brokers, new TreeMap<>(Map.of("web", configured)), Set.of(), 1);
        assertThat(cluster.rules().decide(reconfigured, after)).hasSize(1);
        assertThat(cluster.rules().decide(reconfigured, reconfigured)).isEmpty();
    }
}
