package io.tailrace.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tailrace.coordination.ControllerElection.ControllerTerm;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.TopicImage;
import io.tailrace.replication.cluster.TopicPolicy;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.apache.curator.test.TestingServer;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a controller does unasked, in which order, and how it handles errors. */
class ControllerIT {
    private static final TopicPartition FIRST = new TopicPartition("web", 0);

    private TestingServer zooKeeper;
    /** Two that are registered, and not candidates for controller. */
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
        broker.startTree();
        return broker;
    }

    private Controller controller(Function<TopicImage, TopicPolicy> policies, LeaderBalance balance) {
        return new Controller(first.session, first.id, policies, balance, InstantSource.system());
    }

    private int leader() {
        return second.image().partition(FIRST).map(PartitionImage::leader).orElse(-1);
    }

    @Test
    void leadershipMovesBackToPreferredLeaders() {
        try (Controller controller = controller(topic -> TopicPolicy.DEFAULT, new LeaderBalance(true, 50, 10))) {
            controller.start(first.tree);
            first.topics.create("web", List.of(PartitionAssignment.of(List.of(1, 2))), Map.of());
            await().until(() -> leader() == 1);
            first.topics.reassign("web", Map.of(0, Optional.of(List.of(2, 1))));
            await().until(() -> leader() == 2);
        }
    }

    /** The first decision is held until the leader is gone, when it has three thousand partitions to create. */
    @Test
    void aFailoverDoesNotWaitForTheCreationOfThousandsOfPartitions() throws Exception {
        CountDownLatch leaderGone = new CountDownLatch(1);
        CountDownLatch deciding = new CountDownLatch(1);
        Function<TopicImage, TopicPolicy> policies = topic -> {
            if (topic.name().equals("big")) {
                deciding.countDown();
                awaitUninterruptibly(leaderGone);
            }
            return TopicPolicy.DEFAULT;
        };
        try (Controller controller = controller(policies, new LeaderBalance(false, 1, 0))) {
            controller.start(first.tree);
            first.topics.create("web", List.of(PartitionAssignment.of(List.of(2, 1))), Map.of());
            await().until(() ->
                    first.image().partition(FIRST).map(PartitionImage::leader).orElse(-1) == 2);
            first.topics.create("big", Collections.nCopies(3_000, PartitionAssignment.of(List.of(1))), Map.of());
            assertThat(deciding.await(60, TimeUnit.SECONDS)).isTrue();
            second.vanish();
            await().until(() -> first.image().brokers().size() == 1);
            leaderGone.countDown();

            TopicPartition last = new TopicPartition("big", 2_999);
            await().until(() ->
                    first.image().partition(last).flatMap(PartitionImage::state).isPresent());
            Stat elected = first.curator().checkExists().forPath(ZNodes.state(FIRST));
            Stat created = first.curator().checkExists().forPath(ZNodes.state(last));
            assertThat(first.image().partition(FIRST).orElseThrow().leader()).isEqualTo(1);
            assertThat(elected.getMzxid()).isLessThan(created.getCzxid());
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aTopicIsDeletedInSlices() throws Exception {
        ControllerElection election = new ControllerElection(first.session, first.id, InstantSource.system());
        ControllerTerm term = election.elect().orElseThrow();
        int partitions = TopicDeletion.PARTITIONS_MAX + 1;
        for (int p = 0; p < partitions; p++) {
            first.session.createIfMissing(ZNodes.state(new TopicPartition("web", p)), new byte[0]);
        }
        first.topics.delete("web");
        TopicDeletion deletion = new TopicDeletion(first.session, election);
        assertThat(deletion.deleteSome(term, "web")).isEqualTo(TopicDeletion.Progress.CONTINUES);
        assertThat(first.curator().getChildren().forPath(ZNodes.partitions("web")))
                .hasSize(1);
        assertThat(deletion.deleteSome(term, "web")).isEqualTo(TopicDeletion.Progress.CONTINUES);
        assertThat(deletion.deleteSome(term, "web")).isEqualTo(TopicDeletion.Progress.DONE);
        assertThat(first.topics.topics()).isEmpty();
        assertThat(first.curator().checkExists().forPath(ZNodes.deletion("web")))
                .isNull();
    }

    @Test
    void aProgrammingErrorStopsTheBrokerInsteadOfRepeating() {
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
    void onlyAMarkedTopicIsDeleted() throws Exception {
        ControllerElection election = new ControllerElection(first.session, first.id, InstantSource.system());
        ControllerTerm term = election.elect().orElseThrow();
        TopicDeletion deletion = new TopicDeletion(first.session, election);
        first.topics.create("web", 1, 1, Map.of());
        assertThat(deletion.deleteSome(term, "web")).isEqualTo(TopicDeletion.Progress.DONE);
        assertThat(first.topics.topics()).containsExactly("web");

        first.topics.delete("web");
        assertThat(deletion.deleteSome(term, "web")).isEqualTo(TopicDeletion.Progress.DONE);
        assertThat(first.topics.topics()).isEmpty();
    }

    @Test
    void aTopicIsNotCreatedWhileItIsDeleted() throws Exception {
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
