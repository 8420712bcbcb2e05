package io.tailrace.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.Event;
import io.tailrace.replication.cluster.Election;
import io.tailrace.replication.cluster.ElectionType;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.replication.cluster.StateWrite;
import io.tailrace.testing.WaitLimit;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reassignments and elections requested from any broker and carried out by the controller, through a real ZooKeeper. */
class ReassignmentIT {
    private static final TopicPartition FIRST = new TopicPartition("web", 0);

    private TestingServer zooKeeper;
    private final List<TestBroker> brokers = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        zooKeeper = new TestingServer();
        for (int id = 1; id <= 3; id++) {
            TestBroker broker = TestBroker.start(zooKeeper.getConnectString(), id);
            brokers.add(broker);
            await().until(() -> broker.image().controllerId() == 1);
        }
        await().until(() -> brokers.stream().allMatch(b -> b.image().brokers().size() == 3));
        broker(1).topics.create("web", List.of(PartitionAssignment.of(List.of(1, 2))), Map.of());
        awaitPartition(p -> p.leader() == 1);
    }

    @AfterEach
    void stop() throws Exception {
        brokers.forEach(TestBroker::close);
        zooKeeper.close();
    }

    private TestBroker broker(int id) {
        return brokers.get(id - 1);
    }

    private PartitionImage partition() {
        return broker(3).image().partition(FIRST).orElseThrow();
    }

    private void awaitPartition(Predicate<PartitionImage> wanted) {
        await().until(() -> brokers.stream()
                .allMatch(b -> b.image().partition(FIRST).filter(wanted).isPresent()));
    }

    private void reassign(Integer... target) {
        assertThat(broker(2).topics.reassign("web", Map.of(0, Optional.of(List.of(target)))))
                .isEmpty();
        awaitPartition(p -> p.assignment().target().equals(List.of(target)));
    }

    private List<ErrorCode> refusals(int index, Optional<List<Integer>> target) {
        return broker(2).topics.reassign("web", Map.of(index, target)).values().stream()
                .map(TopicException::error)
                .toList();
    }

    /** As the partition's leader does when replicas have caught up or fallen behind. */
    private void setIsr(Integer... ids) throws Exception {
        PartitionState state = partition().state().orElseThrow();
        List<Incarnation> isr = new ArrayList<>();
        for (int id : ids) {
            isr.add(new Incarnation(id, broker(id).epoch));
        }
        Event answer = new PartitionStateStore(broker(1).session)
                .propose(FIRST, state.withIsr(isr, 1))
                .toCompletableFuture()
                .get();
        assertThat(answer).isInstanceOf(Event.ProposalWritten.class);
    }

    @Test
    void aReassignmentEndsOnceTheNewReplicaIsInSync() throws Exception {
        reassign(2, 3);
        assertThat(partition().assignment().replicas()).containsExactly(2, 3, 1);
        assertThat(partition().leader()).isEqualTo(1);

        setIsr(1, 2, 3);
        awaitPartition(p -> !p.assignment().reassigning());
        assertThat(partition().assignment()).isEqualTo(PartitionAssignment.of(List.of(2, 3)));
        PartitionState state = partition().state().orElseThrow();
        assertThat(state.leader()).isEqualTo(2);
        assertThat(state.leaderEpoch()).isEqualTo(1);
        assertThat(state.isrIds()).containsExactly(2, 3);
    }

    @Test
    void anImageNeverShowsHalfOfTheEnd() throws Exception {
        List<PartitionImage> seen = new CopyOnWriteArrayList<>();
        broker(3).tree.listen(image -> image.partition(FIRST).ifPresent(seen::add));
        reassign(2, 3);
        setIsr(1, 2, 3);
        awaitPartition(p -> !p.assignment().reassigning());
        assertThat(seen).allSatisfy(p -> assertThat(p.assignment().replicas())
                .containsAll(p.state().orElseThrow().isrIds()));
    }

    @Test
    void aReassignmentIsCancelled() throws Exception {
        reassign(2, 3);
        assertThat(broker(1).topics.reassign("web", Map.of(0, Optional.empty())))
                .isEmpty();
        awaitPartition(p -> !p.assignment().reassigning());
        assertThat(partition().assignment().replicas()).containsExactlyInAnyOrder(1, 2);
        assertThat(partition().leader()).isEqualTo(1);
        assertThat(refusals(0, Optional.empty())).containsExactly(ErrorCode.NO_REASSIGNMENT_IN_PROGRESS);
    }

    @Test
    void aReassignmentIsReplacedByAnother() throws Exception {
        reassign(3);
        reassign(2);
        awaitPartition(p -> p.assignment().equals(PartitionAssignment.of(List.of(2))));
        assertThat(partition().state().orElseThrow().isrIds()).containsExactly(2);
    }

    @Test
    void theNextControllerContinues() throws Exception {
        reassign(2, 3);
        broker(1).controller.close();
        await().until(() -> broker(3).image().controllerId() > 1);
        setIsr(1, 2, 3);
        awaitPartition(p -> p.assignment().equals(PartitionAssignment.of(List.of(2, 3))));
    }

    @Test
    void theEndOfAReplacedReassignmentIsNotWritten() throws Exception {
        brokers.forEach(b -> b.controller.close());
        reassign(2, 3);
        PartitionAssignment decidedOn = partition().assignment();
        reassign(1, 3);
        PartitionState state = partition().state().orElseThrow();
        ControllerElection election = new ControllerElection(broker(1).session, 1, InstantSource.system());
        List<Integer> written = new ArrayList<>();
        new ControllerWriter(broker(1).session, election)
                .writeStates(
                        election.elect().orElseThrow(),
                        List.of(new StateWrite(FIRST, state, decidedOn)),
                        (partition, version) -> written.add(version));
        assertThat(written).isEmpty();
        assertThat(partition().assignment().target()).containsExactly(1, 3);
    }

    @Test
    void aReassignmentEndsAfterItsTopicWasUnreadableForATime() throws Exception {
        reassign(2, 3);
        String path = ZNodes.topic("web");
        byte[] topic = broker(1).curator().getData().forPath(path);
        broker(1)
                .curator()
                .setData()
                .forPath(path, "{\"topic_id\":\"?\",\"partitions\":{}}".getBytes(StandardCharsets.UTF_8));
        CompletableFuture<Boolean> offered = new CompletableFuture<>();
        broker(1).tree.listen(image -> image.partition(FIRST)
                .flatMap(PartitionImage::state)
                .filter(state -> state.isr().size() == 3)
                .ifPresent(state -> offered.complete(true)));
        setIsr(1, 2, 3);
        assertThat(offered.get(60, TimeUnit.SECONDS)).isTrue();
        assertThat(broker(1).controller.elect(ElectionType.PREFERRED, List.of()))
                .as("handled after the decision")
                .succeedsWithin(WaitLimit.WAIT_MAX);
        assertThat(partition().assignment().reassigning()).isTrue();

        broker(1).curator().setData().forPath(path, topic);
        awaitPartition(p -> !p.assignment().reassigning());
    }

    @Test
    void impossibleTargetsAreRefusedByPartition() {
        assertThat(refusals(0, Optional.of(List.of()))).containsExactly(ErrorCode.INVALID_REPLICA_ASSIGNMENT);
        assertThat(refusals(0, Optional.of(List.of(2, 2)))).containsExactly(ErrorCode.INVALID_REPLICA_ASSIGNMENT);
        assertThat(refusals(0, Optional.of(List.of(2, 7)))).containsExactly(ErrorCode.INVALID_REPLICA_ASSIGNMENT);
        assertThat(refusals(1, Optional.of(List.of(2)))).containsExactly(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(refusals(0, Optional.empty())).containsExactly(ErrorCode.NO_REASSIGNMENT_IN_PROGRESS);
        assertThatThrownBy(() -> broker(1).topics.reassign("nope", Map.of(0, Optional.empty())))
                .isInstanceOf(TopicException.class);
    }

    @Test
    void onlyTheControllerElectsOnRequest() throws Exception {
        assertThat(elect(2).error()).isEqualTo(ErrorCode.NOT_CONTROLLER);
        assertThat(elect(1).error()).isEqualTo(ErrorCode.ELECTION_NOT_NEEDED);
        broker(2).topics.reassign("web", Map.of(0, Optional.of(List.of(2, 1))));
        awaitPartition(p -> p.assignment().preferredLeader() == 2);
        await().until(() -> elect(1).error() == ErrorCode.NONE);
        awaitPartition(p -> p.leader() == 2);
    }

    private Election elect(int id) throws Exception {
        return broker(id)
                .controller
                .elect(ElectionType.PREFERRED, List.of(FIRST))
                .toCompletableFuture()
                .get()
                .get(0);
    }
}
