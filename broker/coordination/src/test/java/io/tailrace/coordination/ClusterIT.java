package io.tailrace.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.PartitionState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Brokers that agree through a real ZooKeeper. */
class ClusterIT {
    private static final TopicPartition FIRST = new TopicPartition("web", 0);

    private TestingServer zooKeeper;
    private final List<TestBroker> brokers = new ArrayList<>();

    @BeforeEach
    void startZooKeeper() throws Exception {
        zooKeeper = new TestingServer();
    }

    @AfterEach
    void stop() throws Exception {
        brokers.forEach(TestBroker::close);
        zooKeeper.close();
    }

    private TestBroker start(int id) throws Exception {
        TestBroker broker = TestBroker.start(zooKeeper.getConnectString() + "/tailrace", id);
        brokers.add(broker);
        await().until(() -> broker.image().controllerId() != ClusterImage.NO_CONTROLLER
                && broker.image().broker(id).isPresent());
        return broker;
    }

    private static PartitionState state(TestBroker broker, TopicPartition partition) {
        return broker.image().partition(partition).orElseThrow().state().orElseThrow();
    }

    private static void awaitLeader(TestBroker broker, TopicPartition partition, int leader) {
        await().until(() -> broker.image()
                .partition(partition)
                .map(p -> p.leader() == leader)
                .orElse(false));
    }

    @Test
    void aSingleBrokerLeadsItsTopics() throws Exception {
        TestBroker broker = start(1);
        broker.topics.create("web", 3, 1, Map.of("retention.ms", "1000"));
        for (int p = 0; p < 3; p++) {
            awaitLeader(broker, new TopicPartition("web", p), 1);
        }
        assertThat(state(broker, FIRST).isr()).containsExactly(new Incarnation(1, broker.epoch));
        assertThat(broker.image().configs("web")).containsEntry("retention.ms", "1000");
    }

    @Test
    void aLostLeaderIsReplacedFromTheIsr() throws Exception {
        TestBroker first = start(1);
        TestBroker second = start(2);
        await().until(() -> first.image().brokers().size() == 2);
        first.topics.create("web", List.of(PartitionAssignment.of(List.of(1, 2))), Map.of());
        awaitLeader(second, FIRST, 1);
        assertThat(state(second, FIRST).isrIds()).containsExactly(1, 2);
        first.vanish();
        awaitLeader(second, FIRST, 2);
        assertThat(state(second, FIRST).leaderEpoch()).isEqualTo(1);
        assertThat(state(second, FIRST).isrIds()).containsExactly(2);
        assertThat(second.image().controllerId()).isEqualTo(2);
    }

    @Test
    void aBrokerThatLosesItsSessionIsNotifiedAndReturnsAsAnotherIncarnation() throws Exception {
        TestBroker broker = start(1);
        broker.topics.create("web", 1, 1, Map.of());
        awaitLeader(broker, FIRST, 1);
        long before = broker.epoch;
        broker.expireSession();
        await().until(() -> broker.epoch > before);
        assertThat(broker.events).containsSubsequence("registered", "session lost", "registered");
        await().until(() -> state(broker, FIRST).isr().contains(new Incarnation(1, broker.epoch)));
        assertThat(state(broker, FIRST).leaderEpoch()).isEqualTo(1);
        assertThat(broker.image().broker(1).orElseThrow().previousEpoch()).isEqualTo(before);
    }

    @Test
    void aKilledBrokerRegistersAgainBeforeItsOldSessionEnds() throws Exception {
        TestBroker killed = start(1);
        killed.topics.create("web", 1, 1, Map.of());
        awaitLeader(killed, FIRST, 1);
        TestBroker restarted = TestBroker.start(zooKeeper.getConnectString() + "/tailrace", 1);
        brokers.add(restarted);
        assertThat(restarted.epoch).isGreaterThan(killed.epoch);
        await().until(() -> state(restarted, FIRST).isr().contains(new Incarnation(1, restarted.epoch)));
        assertThat(killed.events).as("its session continues").containsExactly("registered");
        assertThat(state(restarted, FIRST).leaderEpoch()).isEqualTo(1);
    }

    @Test
    void anotherBrokerWithTheSameIdIsRefused() throws Exception {
        TestBroker broker = start(1);
        TestBroker other = TestBroker.idle(zooKeeper.getConnectString() + "/tailrace", 1, "other-disks");
        brokers.add(other);
        assertThatThrownBy(other.registration::start)
                .isInstanceOf(CoordinationException.class)
                .hasMessageContaining("broker id 1 is taken by the broker at [PLAINTEXT://127.0.0.1:9001]");
        assertThat(broker.image().broker(1).orElseThrow().epoch()).isEqualTo(broker.epoch);
    }

    @Test
    void aBrokerThatShutsDownHandsLeadershipOver() throws Exception {
        TestBroker first = start(1);
        TestBroker second = start(2);
        await().until(() -> first.image().brokers().size() == 2);
        first.topics.create("web", List.of(PartitionAssignment.of(List.of(1, 2))), Map.of());
        awaitLeader(first, FIRST, 1);
        first.registration.drain();
        awaitLeader(first, FIRST, 2);
        assertThat(state(first, FIRST).isrIds()).containsExactly(2);
        assertThat(first.image().broker(1).orElseThrow().epoch()).isEqualTo(first.epoch);
        assertThat(second.image().broker(1)).isPresent();
    }

    @Test
    void aDeletedTopicCanBeCreatedAgain() throws Exception {
        TestBroker broker = start(1);
        UUID id = broker.topics.create("web", 400, 1, Map.of("retention.ms", "1000"));
        awaitLeader(broker, new TopicPartition("web", 399), 1);
        broker.topics.delete("web");
        await().until(() ->
                broker.image().topics().isEmpty() && broker.image().deleting().isEmpty());
        assertThat(broker.topics.create("web", 1, 1, Map.of())).isNotEqualTo(id);
        awaitLeader(broker, FIRST, 1);
        assertThat(broker.image().configs("web")).isEmpty();
    }

    @Test
    void addedPartitionsGetLeaders() throws Exception {
        TestBroker broker = start(1);
        broker.topics.create("web", 1, 1, Map.of());
        awaitLeader(broker, FIRST, 1);
        broker.topics.grow("web", 3);
        awaitLeader(broker, new TopicPartition("web", 2), 1);
        assertThat(state(broker, FIRST).leaderEpoch()).isZero();
    }

    @Test
    void failedLogsAreReportedUnderTheSameEpochAndAgainInTheNextSession() throws Exception {
        TestBroker broker = start(1);
        long before = broker.epoch;
        broker.registration.partitionsOffline(Set.of(FIRST));
        await().until(() -> broker.image().broker(1).orElseThrow().offline().equals(Set.of(FIRST)));
        assertThat(broker.image().broker(1).orElseThrow().epoch()).isEqualTo(before);
        broker.expireSession();
        await().until(() -> broker.image()
                .broker(1)
                .filter(b -> b.epoch() > before && b.offline().equals(Set.of(FIRST)))
                .isPresent());
    }

    @Test
    void aBrokerWhoseFailedLogsDoNotFitInItsRegistrationGivesUp() throws Exception {
        TestBroker broker = start(1);
        Set<TopicPartition> failed = new HashSet<>();
        for (int i = 0; i < 4_500; i++) {
            failed.add(new TopicPartition("x".repeat(TopicNames.LENGTH_MAX - 4) + (1_000 + i), 0));
        }
        broker.registration.partitionsOffline(failed);
        await().until(() -> broker.events.contains("refused"));
        assertThat(broker.session.isConnected()).isTrue();
    }

    @Test
    void runningBrokersAreConfigured() throws Exception {
        TestBroker broker = start(1);
        broker.brokerConfigs.configure("1", before -> Map.of("b", "2"));
        broker.brokerConfigs.configure(ClusterImage.ALL_BROKERS, before -> Map.of("b", "3", "c", "4"));
        await().until(() -> broker.image().brokerConfig(1).equals(Map.of("b", "2", "c", "4")));
        assertThat(broker.image().brokerConfig(2)).isEqualTo(Map.of("b", "3", "c", "4"));
    }

    @Test
    void groupsWithAnyNameAreConfigured() throws Exception {
        TestBroker broker = start(1);
        List<String> groups = List.of("plain", "a/b c", "..", "%2F", "für");
        for (String group : groups) {
            broker.groupConfigs.configure(group, before -> Map.of("name", group));
        }
        await().until(() -> broker.image().groupConfigs().size() == groups.size());
        for (String group : groups) {
            assertThat(broker.image().groupConfig(group)).isEqualTo(Map.of("name", group));
            broker.groupConfigs.configure(group, before -> Map.of());
        }
        await().until(() -> broker.image().groupConfigs().isEmpty());
        assertThat(broker.curator().getChildren().forPath(ZNodes.GROUP_CONFIGS)).isEmpty();
        broker.groupConfigs.configure("never had any", before -> Map.of());
    }
}
