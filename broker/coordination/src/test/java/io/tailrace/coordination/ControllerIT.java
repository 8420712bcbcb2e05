package io.tailrace.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tailrace.coordination.ControllerElection.Mandate;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.TopicImage;
import io.tailrace.replication.cluster.TopicPolicy;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.apache.curator.test.TestingServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a controller does of itself, and what it does about errors. */
class ControllerIT {
    private static final TopicPartition FIRST = new TopicPartition("web", 0);

    private TestingServer zooKeeper;
    /** Two that are registered, and stand for no election. */
    private TestBroker first;

    private TestBroker second;

    @BeforeEach
    void start() throws Exception {
        zooKeeper = new TestingServer();
        first = member(1);
        second = member(2);
        await().until(() -> first.image().brokers().size() == 2);
    }

    @AfterEach
    void stop() throws Exception {
        second.close();
        first.close();
        zooKeeper.close();
    }

    private TestBroker member(int id) throws InterruptedException {
        TestBroker broker = TestBroker.idle(zooKeeper.getConnectString(), id, "disks-of-" + id);
        broker.registration.start();
        broker.tree.start(20_000);
        return broker;
    }

    private Controller controller(Function<TopicImage, TopicPolicy> policies, LeaderBalance balance) {
        return new Controller(first.session, first.id, policies, balance, InstantSource.system());
    }

    private int leader() {
        return second.image().partition(FIRST).map(PartitionImage::leader).orElse(-1);
    }

    @Test
    void preferredLeadersGetTheirLeadBackInTime() {
        try (Controller controller = controller(topic -> TopicPolicy.DEFAULT, new LeaderBalance(true, 50, 10))) {
            controller.start(first.tree);
            first.topics.create("web", List.of(PartitionAssignment.of(List.of(1, 2))), Map.of());
            await().until(() -> leader() == 1);
            first.topics.reassign("web", Map.of(0, Optional.of(List.of(2, 1))));
            await().until(() -> leader() == 2);
        }
    }

    @Test
    void anErrorOfOursStopsTheBrokerInsteadOfComingAgain() {
        IllegalStateException error = new IllegalStateException("an error on purpose");
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        var unused = first.session.failure().exceptionally(cause -> {
            failure.set(cause);
            return null;
        });
        Function<TopicImage, TopicPolicy> failing = topic -> {
            throw error;
        };
        try (Controller controller = controller(failing, new LeaderBalance(false, 1, 0))) {
            controller.start(first.tree);
            first.topics.create("web", 1, 1, Map.of());
            await().untilAsserted(() -> assertThat(failure.get()).isNotNull().hasRootCause(error));
        }
    }

    @Test
    void onlyATopicWithTheMarkIsDeleted() throws Exception {
        ControllerElection election = new ControllerElection(first.session, first.id, InstantSource.system());
        Mandate mandate = election.stand().orElseThrow();
        ControllerWriter writer = new ControllerWriter(first.session, election);
        first.topics.create("web", 1, 1, Map.of());
        writer.deleteTopic(mandate, "web");
        assertThat(first.topics.topics()).containsExactly("web");

        first.topics.delete("web");
        writer.deleteTopic(mandate, "web");
        assertThat(first.topics.topics()).isEmpty();
    }

    @Test
    void aTopicIsNotCreatedIntoItsOwnDeletion() throws Exception {
        first.topics.create("web", 1, 1, Map.of());
        first.topics.delete("web");
        first.curator().delete().forPath(ZNodes.topic("web"));
        await().until(() ->
                first.image().topics().isEmpty() && first.image().deleting().contains("web"));
        assertThatThrownBy(() -> first.topics.create("web", 1, 1, Map.of()))
                .isInstanceOf(TopicException.class)
                .hasMessageContaining("still being deleted");
    }
}
