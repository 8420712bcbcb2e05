package io.tailrace.server.follower;

import static io.tailrace.server.Batches.batch;
import static io.tailrace.server.partition.TwoReplicas.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.FetchResponse.EpochEndOffset;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.server.config.ReplicationConfig;
import io.tailrace.server.partition.TwoReplicas;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A follower against a leader that is played by the test. */
class FetchersTest {
    private static final int LEADER = 2;
    private static final int EPOCH = 4;
    private static final long BROKER_EPOCH = 100;

    private final ScriptedLeader leader = new ScriptedLeader();
    private TwoReplicas replicas;
    private Fetchers fetchers;

    @BeforeEach
    void follow(@TempDir Path directory) throws Exception {
        replicas = new TwoReplicas(directory);
        fetchers = new Fetchers(
                new ReplicaFetcher.Self(1, () -> BROKER_EPOCH),
                new ReplicationConfig(60_000, 1, 500, 1000, 1000, 100, 1000),
                leader,
                replicas.clocks().steadyMs());
    }

    @AfterEach
    void stop() throws Exception {
        fetchers.close();
        replicas.close();
    }

    @Test
    void appendsWhatIsAnsweredAndAsksForWhatComesNext() throws Exception {
        startFollowing();
        FetchRequest first = leader.asked();
        assertThat(first.replicaId()).isEqualTo(1);
        assertThat(first.replicaEpoch()).isEqualTo(BROKER_EPOCH);
        assertThat(only(first).currentLeaderEpoch()).isEqualTo(EPOCH);
        assertThat(only(first).fetchOffset()).isZero();

        leader.answer(records(stamped(0, EPOCH, "a", "b"), 1));
        FetchRequest second = leader.asked();
        assertThat(only(second).fetchOffset()).isEqualTo(2);
        assertThat(only(second).lastFetchedEpoch()).isEqualTo(EPOCH);
        assertThat(replicas.logEndOffset()).isEqualTo(2);
        assertThat(replicas.highWatermark()).isEqualTo(1);
    }

    @Test
    void truncatesToWhereTheLogsDepart() throws Exception {
        replicas.partition().append(batch("mine"), TwoReplicas.LEADER_EPOCH, false);
        startFollowing();
        assertThat(only(leader.asked()).lastFetchedEpoch()).isEqualTo(TwoReplicas.LEADER_EPOCH);

        leader.answer(answer(FetchResponse.Partition.diverging(0, 0, 0, new EpochEndOffset(-1, 0))));
        FetchRequest next = leader.asked();
        assertThat(only(next).fetchOffset()).isZero();
        assertThat(replicas.logEndOffset()).isZero();
    }

    @Test
    void startsAnewWhereTheLeadersLogStarts() throws Exception {
        startFollowing();
        leader.asked();
        leader.answer(answer(FetchResponse.Partition.refused(0, ErrorCode.OFFSET_OUT_OF_RANGE, 70)));

        assertThat(only(leader.asked()).fetchOffset()).isEqualTo(70);
    }

    @Test
    void lateAnswerOfAFormerLeaderIsNotAppended() throws Exception {
        startFollowing();
        leader.asked();
        replicas.elect(LEADER, EPOCH + 1);
        leader.answer(records(stamped(0, EPOCH, "late"), 1));
        fetchers.start(replicas.partition(), LEADER, EPOCH + 1);

        assertThat(only(leader.asked()).currentLeaderEpoch()).isEqualTo(EPOCH + 1);
        assertThat(replicas.logEndOffset()).isZero();
    }

    @Test
    void corruptBatchIsNotAppendedAndAskedForAgain() throws Exception {
        startFollowing();
        leader.asked();
        ByteBuffer corrupt = stamped(0, EPOCH, "a");
        corrupt.put(corrupt.limit() - 1, (byte) ~corrupt.get(corrupt.limit() - 1));
        leader.answer(records(corrupt, 0));

        assertThat(only(leader.asked()).fetchOffset()).isZero();
        leader.answer(records(stamped(0, EPOCH, "a"), 0));
        await().until(() -> replicas.logEndOffset() == 1);
    }

    @Test
    void brokenConnectionIsReplaced() throws Exception {
        startFollowing();
        leader.asked();
        leader.breakDown();

        await().until(() -> leader.linksOpened() == 2);
    }

    @Test
    void whatIsStoppedIsNotAskedForAnyMore() throws Exception {
        startFollowing();
        leader.asked();
        fetchers.stop(replicas.partition());
        leader.answer(records(stamped(0, EPOCH, "a"), 0));
        await().until(() -> replicas.logEndOffset() == 1);

        fetchers.start(replicas.partition(), LEADER, EPOCH);
        assertThat(only(leader.asked()).fetchOffset()).as("the very next fetch").isEqualTo(1);
    }

    private void startFollowing() {
        replicas.elect(LEADER, EPOCH);
        fetchers.start(replicas.partition(), LEADER, EPOCH);
    }

    private static ByteBuffer stamped(long offset, int leaderEpoch, String... values) {
        ByteBuffer bytes = batch(values);
        RecordBatch.at(bytes).stamp(offset, leaderEpoch);
        return bytes;
    }

    private static FetchResponse records(ByteBuffer batches, long highWatermark) {
        return answer(FetchResponse.Partition.read(0, highWatermark, 0, RecordsPayload.of(batches)));
    }

    private static FetchResponse answer(FetchResponse.Partition part) {
        return new FetchResponse(List.of(new FetchResponse.Topic(TOPIC, List.of(part))));
    }

    private static FetchRequest.Partition only(FetchRequest request) {
        return request.topics().get(0).partitions().get(0);
    }
}
