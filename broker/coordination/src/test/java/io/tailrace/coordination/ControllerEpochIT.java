package io.tailrace.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.coordination.ControllerElection.ControllerTerm;
import io.tailrace.coordination.ControllerElection.ReplacedException;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.replication.cluster.StateWrite;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.curator.test.TestingServer;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two controllers, of which one does not know yet that it was replaced. */
class ControllerEpochIT {
    private static final TopicPartition FIRST = new TopicPartition("web", 0);
    private static final TopicPartition SECOND = new TopicPartition("web", 1);

    private TestingServer zooKeeper;
    private ZooKeeperSession session;
    private ControllerElection zombie;
    private ControllerElection successor;
    private ControllerWriter writerOfZombie;
    private ControllerWriter writerOfSuccessor;
    private final Map<TopicPartition, Integer> written = new HashMap<>();

    @BeforeEach
    void start() throws Exception {
        zooKeeper = new TestingServer();
        session = ZooKeeperSession.open(new ZooKeeperConfig(zooKeeper.getConnectString(), 60_000, 20_000));
        for (String path : List.of(ZNodes.topic("web"), ZNodes.config("web"))) {
            session.createIfMissing(path, new byte[0]);
        }
        zombie = new ControllerElection(session, 1, InstantSource.system());
        successor = new ControllerElection(session, 2, InstantSource.system());
        writerOfZombie = new ControllerWriter(session, zombie);
        writerOfSuccessor = new ControllerWriter(session, successor);
    }

    @AfterEach
    void stop() throws Exception {
        session.close();
        zooKeeper.close();
    }

    private static StateWrite write(TopicPartition partition, int leader, int version) {
        List<Incarnation> isr = List.of(new Incarnation(leader, leader * 100L));
        return new StateWrite(partition, new PartitionState(leader, 0, isr, List.of(), leader, 1, version));
    }

    private PartitionState stored(TopicPartition partition) throws Exception {
        Stat stat = new Stat();
        byte[] data = session.curator().getData().storingStatIn(stat).forPath(ZNodes.state(partition));
        return PartitionStateJson.read(data, stat.getVersion());
    }

    /** Elects one controller and then the other, and returns the term of the first. */
    private ControllerTerm replaceTheFirst() throws Exception {
        ControllerTerm first = zombie.elect().orElseThrow();
        assertThat(successor.elect()).isEmpty();
        session.curator().delete().forPath(ZNodes.CONTROLLER);
        ControllerTerm second = successor.elect().orElseThrow();
        assertThat(second.controllerEpoch()).isEqualTo(first.controllerEpoch() + 1);
        writerOfSuccessor.writeStates(second, List.of(write(FIRST, 2, PartitionState.NOT_WRITTEN)), written::put);
        return first;
    }

    @Test
    void aZombieControllerWritesNoState() throws Exception {
        ControllerTerm outdated = replaceTheFirst();
        List<StateWrite> writes = List.of(write(FIRST, 1, 0), write(SECOND, 1, PartitionState.NOT_WRITTEN));
        assertThatThrownBy(() -> writerOfZombie.writeStates(outdated, writes, written::put))
                .isInstanceOf(ReplacedException.class);
        assertThat(stored(FIRST).leader()).isEqualTo(2);
        assertThat(session.curator().checkExists().forPath(ZNodes.partition(SECOND)))
                .isNull();
        assertThat(written).containsOnlyKeys(FIRST);
    }

    @Test
    void aZombieControllerDeletesNoTopic() throws Exception {
        ControllerTerm outdated = replaceTheFirst();
        session.createIfMissing(ZNodes.deletion("web"), new byte[0]);
        assertThatThrownBy(() -> new TopicDeletion(session, zombie).deleteSome(outdated, "web"))
                .isInstanceOf(ReplacedException.class);
        assertThat(stored(FIRST).leader()).isEqualTo(2);
        assertThat(session.curator().checkExists().forPath(ZNodes.config("web")))
                .isNotNull();
    }

    @Test
    void aZombieControllerDoesNotEndItsSuccessorsTerm() throws Exception {
        zombie.resign(replaceTheFirst());
        assertThat(ZNodeJson.controller(session.curator().getData().forPath(ZNodes.CONTROLLER)))
                .isEqualTo(2);
    }

    @Test
    void aBrokerWhoseElectionWasNotAnsweredIsElectedAgain() throws Exception {
        ControllerTerm unanswered = successor.elect().orElseThrow();
        assertThat(successor.elect().orElseThrow().controllerEpoch()).isEqualTo(unanswered.controllerEpoch() + 1);
    }

    @Test
    void aStateThatALeaderChangedIsLeftOutAndTheOthersAreWritten() throws Exception {
        ControllerTerm term = successor.elect().orElseThrow();
        List<StateWrite> created =
                List.of(write(FIRST, 1, PartitionState.NOT_WRITTEN), write(SECOND, 1, PartitionState.NOT_WRITTEN));
        writerOfSuccessor.writeStates(term, created, written::put);
        session.curator().setData().forPath(ZNodes.state(FIRST), PartitionStateJson.write(stored(FIRST)));
        written.clear();
        writerOfSuccessor.writeStates(term, List.of(write(FIRST, 3, 0), write(SECOND, 3, 0)), written::put);
        assertThat(stored(FIRST).leader()).isEqualTo(1);
        assertThat(stored(SECOND).leader()).isEqualTo(3);
        assertThat(written).containsExactly(Map.entry(SECOND, 1));
    }

    @Test
    void manyConflictsDoNotPreventOtherWrites() throws Exception {
        ControllerTerm term = successor.elect().orElseThrow();
        List<StateWrite> created = new ArrayList<>();
        for (int p = 0; p < 100; p++) {
            created.add(write(new TopicPartition("web", p), 1, PartitionState.NOT_WRITTEN));
        }
        writerOfSuccessor.writeStates(term, created, written::put);
        List<StateWrite> changes = new ArrayList<>();
        for (int p = 0; p < 100; p++) {
            changes.add(write(new TopicPartition("web", p), 3, p % 4 == 0 ? 9 : 0));
        }
        written.clear();
        writerOfSuccessor.writeStates(term, changes, written::put);
        assertThat(written).hasSize(75);
        assertThat(stored(new TopicPartition("web", 4)).leader()).isEqualTo(1);
        assertThat(stored(new TopicPartition("web", 99)).leader()).isEqualTo(3);
    }

    @Test
    void thousandsOfPartitionsAreWrittenInBatches() throws Exception {
        ControllerTerm term = successor.elect().orElseThrow();
        List<StateWrite> writes = new ArrayList<>();
        for (int p = 0; p < 2_000; p++) {
            writes.add(write(new TopicPartition("web", p), 1, PartitionState.NOT_WRITTEN));
        }
        writerOfSuccessor.writeStates(term, writes, written::put);
        assertThat(written).hasSize(2_000);
        assertThat(stored(new TopicPartition("web", 1_999)).leader()).isEqualTo(1);
    }
}
