package io.tailrace.coordination;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.Event;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.curator.test.TestingServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Compare-and-set of a partition's state, also when the connection is lost during it. */
class PartitionStateStoreIT {
    private static final TopicPartition FIRST = new TopicPartition("web", 0);

    private TestingServer zooKeeper;
    private ZooKeeperSession session;
    private PartitionStateStore store;

    @BeforeEach
    void start() throws Exception {
        zooKeeper = new TestingServer();
        session = ZooKeeperSession.open(new ZooKeeperConfig(zooKeeper.getConnectString(), 15_000, 20_000));
        session.createIfMissing(ZNodes.state(FIRST), PartitionStateJson.write(state(1, 0)));
        store = new PartitionStateStore(session);
    }

    @AfterEach
    void stop() throws Exception {
        session.close();
        zooKeeper.close();
    }

    private static PartitionState state(int isrSize, int version) {
        List<Incarnation> isr = new ArrayList<>();
        for (int id = 1; id <= isrSize; id++) {
            isr.add(new Incarnation(id, id * 100L));
        }
        return new PartitionState(1, 0, isr, List.of(), 1, 1, version);
    }

    private static Event await(CompletionStage<Event> answer) throws Exception {
        return answer.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    @Test
    void aWriteAtTheExpectedVersionSucceeds() throws Exception {
        assertThat(await(store.propose(FIRST, state(2, 0)))).isEqualTo(new Event.ProposalWritten(state(2, 1)));
        assertThat(await(store.readBack(FIRST, 0))).isEqualTo(new Event.StateReadBack(0, state(2, 1)));
    }

    @Test
    void theSecondWriteAtAVersionIsRefused() throws Exception {
        CompletionStage<Event> first = store.propose(FIRST, state(2, 0));
        CompletionStage<Event> second = store.propose(FIRST, state(3, 0));
        assertThat(await(first)).isEqualTo(new Event.ProposalWritten(state(2, 1)));
        assertThat(await(second)).isEqualTo(new Event.ProposalRefused(0));
        assertThat(await(store.readBack(FIRST, 0))).isEqualTo(new Event.StateReadBack(0, state(2, 1)));
    }

    @Test
    void afterALostConnectionTheStateIsReadBack() throws Exception {
        zooKeeper.stop();
        CompletionStage<Event> answer = store.propose(FIRST, state(2, 0));
        assertThat(await(answer)).isEqualTo(new Event.ProposalUnknown(0));
        zooKeeper.restart();
        Event found = Awaitility.await()
                .until(() -> await(store.readBack(FIRST, 0)), event -> !(event instanceof Event.ProposalUnknown));
        assertThat(found).isEqualTo(new Event.StateReadBack(0, state(1, 0)));
        assertThat(await(store.propose(FIRST, state(2, 0)))).isInstanceOf(Event.ProposalWritten.class);
    }

    @Test
    void aDeletedPartitionIsReportedAsUnassigned() throws Exception {
        session.curator().delete().forPath(ZNodes.state(FIRST));
        assertThat(await(store.propose(FIRST, state(2, 0)))).isEqualTo(new Event.ProposalRefused(0));
        assertThat(await(store.readBack(FIRST, 0))).isEqualTo(new Event.Unassigned());
    }
}
