package io.tailrace.replication.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.TopicPartition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What the controller decides about a partition with replicas on 1, 2 and 3, registered under 100, 200 and 300. */
class ControllerRulesTest {
    private static final int EPOCH = 7;
    private final SortedMap<Integer, Broker> brokers = new TreeMap<>();
    private TopicPolicy policy = new TopicPolicy(2, false);

    ControllerRulesTest() {
        for (int id = 1; id <= 3; id++) {
            registered(id, id * 100L, Broker.NONE);
        }
    }

    private void registered(int id, long epoch, long previousEpoch) {
        brokers.put(id, broker(id, epoch, previousEpoch, false));
    }

    private static Broker broker(int id, long epoch, long previousEpoch, boolean draining) {
        return new Broker(
                id, epoch, previousEpoch, null, List.of(new Endpoint("PLAINTEXT", "host" + id, 9092)), draining);
    }

    private static Incarnation member(int id) {
        return new Incarnation(id, id * 100L);
    }

    private static List<Incarnation> members(int... ids) {
        List<Incarnation> members = new ArrayList<>();
        for (int id : ids) {
            members.add(member(id));
        }
        return members;
    }

    private static PartitionState state(int leader, List<Incarnation> isr, List<Incarnation> lastStanding) {
        int lastLeader = leader == PartitionState.NO_LEADER ? 1 : leader;
        return new PartitionState(leader, 4, isr, lastStanding, lastLeader, 3, 9);
    }

    private ClusterImage image(PartitionState... states) {
        List<PartitionImage> partitions = new ArrayList<>();
        for (PartitionState state : states) {
            partitions.add(new PartitionImage(PartitionAssignment.of(List.of(1, 2, 3)), state));
        }
        TopicImage topic = new TopicImage("web", new UUID(0, 1), partitions, Map.of());
        return new ClusterImage("c", brokers, new TreeMap<>(Map.of("web", topic)), Set.of(), 1);
    }

    private ControllerRules rules() {
        return new ControllerRules(EPOCH, topic -> policy);
    }

    /** What is decided on a partition in this state; the state itself if nothing is. */
    private PartitionState decide(PartitionState state) {
        List<StateWrite> writes = rules().decide(image(state));
        return writes.isEmpty() ? state : writes.get(0).next();
    }

    @Test
    void aNewPartitionIsLedByItsFirstReplicaAliveAndAllAliveAreInSync() {
        brokers.remove(1);
        TopicImage topic = new TopicImage(
                "web",
                new UUID(0, 1),
                List.of(new PartitionImage(PartitionAssignment.of(List.of(1, 2, 3)), null)),
                Map.of());
        ClusterImage image = new ClusterImage("c", brokers, new TreeMap<>(Map.of("web", topic)), Set.of(), 1);
        assertThat(rules().decide(image))
                .containsExactly(new StateWrite(
                        new TopicPartition("web", 0),
                        new PartitionState(2, 0, members(2, 3), List.of(), 2, EPOCH, PartitionState.NOT_WRITTEN)));
    }

    @Test
    void nothingIsWrittenWhenAllIsWell() {
        assertThat(rules().decide(image(state(1, members(1, 2, 3), List.of())))).isEmpty();
    }

    @Test
    void aTopicThatIsBeingDeletedIsLeftAlone() {
        ClusterImage image = image(state(1, members(1), List.of()));
        brokers.remove(1);
        ClusterImage deleting = new ClusterImage("c", brokers, image.topics(), Set.of("web"), 2);
        assertThat(rules().decide(deleting)).isEmpty();
    }

    @Test
    void aLostLeaderIsReplacedFromTheIsrInTheOrderOfTheReplicas() {
        brokers.remove(1);
        PartitionState next = decide(state(1, members(1, 3, 2), List.of()));
        assertThat(next).isEqualTo(new PartitionState(2, 5, members(3, 2), List.of(), 2, EPOCH, 9));
    }

    @Test
    void aLostFollowerLeavesTheIsrWithoutAnElection() {
        brokers.remove(3);
        PartitionState next = decide(state(1, members(1, 2, 3), List.of()));
        assertThat(next.leaderEpoch()).isEqualTo(4);
        assertThat(next.isrIds()).containsExactly(1, 2);
    }

    @Test
    void oneLostBrokerIsReplacedEverywhereInOnePass() {
        brokers.remove(1);
        PartitionState[] states = new PartitionState[500];
        Arrays.fill(states, state(1, members(1, 2, 3), List.of()));
        assertThat(rules().decide(image(states)))
                .hasSize(500)
                .allMatch(write -> write.next().leader() == 2);
    }

    @Test
    void nobodyOutsideTheIsrIsElected() {
        brokers.remove(1);
        PartitionState next = decide(state(1, members(1), List.of()));
        assertThat(next.leader()).isEqualTo(PartitionState.NO_LEADER);
        assertThat(next.isr()).isEmpty();
        assertThat(next.lastStanding()).isEqualTo(members(1));
    }

    @Test
    void anyReplicaIsElectedIfTheTopicAsksForIt() {
        policy = new TopicPolicy(2, true);
        brokers.remove(1);
        PartitionState next = decide(state(1, members(1), List.of()));
        assertThat(next.leader()).isEqualTo(2);
        assertThat(next.isr()).isEqualTo(members(2));
        assertThat(next.lastStanding()).isEmpty();
    }

    @Test
    void replicasThatLeaveASmallIsrAreRemembered() {
        brokers.remove(3);
        PartitionState next = decide(state(1, members(1, 3), List.of()));
        assertThat(next.lastStanding()).isEqualTo(members(3));
    }

    @Test
    void theLastReplicasStandingAreElectedWhenTheIsrIsEmpty() {
        brokers.remove(1);
        PartitionState next = decide(state(1, members(1), members(3)));
        assertThat(next.leader()).isEqualTo(3);
        assertThat(next.isr()).isEqualTo(members(3));
        assertThat(next.lastStanding()).as("broker 1 may come back").isEqualTo(members(1));
    }

    @Test
    void aBrokerThatRestartsAfterAnUncleanStopHasLeftTheIsr() {
        registered(2, 250, Broker.NONE);
        PartitionState next = decide(state(1, members(1, 2, 3), List.of()));
        assertThat(next.isrIds()).containsExactly(1, 3);
    }

    @Test
    void aBrokerThatRestartsAfterAnUncleanStopIsNoLongerOneOfTheLastStanding() {
        brokers.remove(1);
        registered(3, 350, Broker.NONE);
        PartitionState next = decide(state(PartitionState.NO_LEADER, List.of(), members(1, 3)));
        assertThat(next.leader()).isEqualTo(PartitionState.NO_LEADER);
        assertThat(next.lastStanding()).isEqualTo(members(1));
    }

    @Test
    void aBrokerThatRestartsAfterACleanStopKeepsItsPlaceUnderItsNewEpoch() {
        registered(2, 250, 200);
        PartitionState next = decide(state(1, members(1, 2, 3), List.of()));
        assertThat(next.isr()).containsExactly(member(1), new Incarnation(2, 250), member(3));
        assertThat(next.leaderEpoch()).isEqualTo(4);
    }

    @Test
    void aLeaderUnderANewBrokerEpochIsElectedAgain() {
        registered(1, 150, 100);
        PartitionState next = decide(state(1, members(1, 2), List.of()));
        assertThat(next.leader()).isEqualTo(1);
        assertThat(next.leaderEpoch()).isEqualTo(5);
        assertThat(next.isr()).containsExactly(new Incarnation(1, 150), member(2));
    }

    @Test
    void theOnlyReplicaLeadsAgainAfterAnUncleanStop() {
        registered(1, 150, Broker.NONE);
        TopicImage topic = new TopicImage(
                "web",
                new UUID(0, 1),
                List.of(new PartitionImage(PartitionAssignment.of(List.of(1)), state(1, members(1), List.of()))),
                Map.of());
        ClusterImage image = new ClusterImage("c", brokers, new TreeMap<>(Map.of("web", topic)), Set.of(), 1);
        PartitionState next = rules().decide(image).get(0).next();
        assertThat(next.leaderIncarnation()).contains(new Incarnation(1, 150));
        assertThat(next.leaderEpoch()).isEqualTo(5);
    }

    @Test
    void whoLedLastIsElectedOnceAllLastStandingCameBackWithoutTheirData() {
        registered(1, 150, Broker.NONE);
        registered(2, 250, Broker.NONE);
        PartitionState next = decide(state(PartitionState.NO_LEADER, List.of(), members(1, 2)));
        assertThat(next.leaderIncarnation()).contains(new Incarnation(1, 150));
        assertThat(next.isrIds()).containsExactly(1);
    }

    @Test
    void aBrokerThatShutsDownHandsOverAndLeavesTheIsr() {
        brokers.put(1, broker(1, 100, Broker.NONE, true));
        PartitionState next = decide(state(1, members(1, 2, 3), List.of()));
        assertThat(next.leader()).isEqualTo(2);
        assertThat(next.isrIds()).containsExactly(2, 3);
    }

    @Test
    void aBrokerThatShutsDownAndHasNobodyToHandOverToStays() {
        brokers.put(1, broker(1, 100, Broker.NONE, true));
        assertThat(rules().decide(image(state(1, members(1), List.of())))).isEmpty();
    }

    @Test
    void preferredLeadersAreGivenTheLeadIfTheyAreInSync() {
        List<StateWrite> writes = rules().preferLeaders(image(
                state(2, members(2, 1), List.of()),
                state(2, members(2, 3), List.of()),
                state(1, members(1, 2), List.of())));
        assertThat(writes).hasSize(1);
        assertThat(writes.get(0).partition().partition()).isZero();
        assertThat(writes.get(0).next().leader()).isEqualTo(1);
        assertThat(writes.get(0).next().leaderEpoch()).isEqualTo(5);
    }

    @Test
    void decisionsAreStableOnceTheyAreWritten() {
        brokers.remove(1);
        registered(3, 350, Broker.NONE);
        PartitionState next = decide(state(1, members(1, 2, 3), List.of()));
        assertThat(rules().decide(image(next))).isEmpty();
    }
}
