package io.tailrace.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
        await().atMost(Duration.ofSeconds(20)).until(() -> broker.image()
                .partition(partition)
                .map(p -> p.leader() == leader)
                .orElse(false));
    }

    @Test
    void aTopicOnOneBrokerIsLedByIt() throws Exception {
        TestBroker broker = start(1);
        broker.topics.create("web", 3, 1, Map.of("retention.ms", "1000"));
        for (int p = 0; p < 3; p++) {
            awaitLeader(broker, new TopicPartition("web", p), 1);
        }
        assertThat(state(broker, FIRST).isr()).containsExactly(new Incarnation(1, broker.epoch));
        assertThat(broker.image().configs("web")).containsEntry("retention.ms", "1000");
    }
}
