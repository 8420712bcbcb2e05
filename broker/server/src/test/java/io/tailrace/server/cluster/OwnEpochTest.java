package io.tailrace.server.cluster;

import static io.tailrace.server.Batches.batch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.replication.Leader;
import io.tailrace.replication.Replica;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.server.partition.Append;
import io.tailrace.server.partition.TwoReplicas;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker's session ends while its partitions are being opened. */
class OwnEpochTest {
    private final AtomicBoolean lease = new AtomicBoolean(true);
    private TwoReplicas replicas;
    private OwnEpoch ownEpoch;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        replicas = new TwoReplicas(directory);
        ownEpoch = new OwnEpoch(replicas.partitions(), lease::get);
        ownEpoch.registered(TwoReplicas.SELF_EPOCH);
    }

    @AfterEach
    void stop() throws Exception {
        replicas.close();
    }

    @Test
    void sessionThatEndsWhileAPartitionIsToldOfItFencesThePartition() throws Exception {
        Thread opening = new Thread(() -> ownEpoch.tell(replicas.partition()));
        replicas.onRoleChange(() -> {
            replicas.onRoleChange(() -> {});
            // This holds the partition's lock: whoever tells it something has made up its mind, and waits.
            opening.start();
            await().until(() -> opening.getState() == Thread.State.WAITING);
            ownEpoch.lost();
        });
        replicas.elect(1, TwoReplicas.LEADER_EPOCH + 1);
        opening.join();

        assertThat(replicas.partition().replica().view().self().brokerEpoch()).isEqualTo(Broker.NONE);
    }

    @Test
    void whoWaitsForALeaderIsAnsweredWhenItsLeaseIsOver() throws Exception {
        List<ErrorCode> answers = new ArrayList<>();
        Append append = replicas.partition().append(batch("a"), Replica.ANY_EPOCH, true);
        replicas.partition().awaitAcks(1, append.leaderEpoch(), answers::add);
        ownEpoch.tick();
        assertThat(answers).isEmpty();

        lease.set(false);
        ownEpoch.tick();

        assertThat(answers).containsExactly(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(replicas.partition().replica().leadership())
                .as("the role stays")
                .isInstanceOf(Leader.class);
    }

    @Test
    void epochOfTheLastLifeIsKnownWhenItsSessionIsLost() {
        ownEpoch.lost();

        assertThat(ownEpoch.getAsLong()).isEqualTo(TwoReplicas.SELF_EPOCH);
    }
}
