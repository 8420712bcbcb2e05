package io.tailrace.server.follower;

import static io.tailrace.server.Batches.batch;
import static io.tailrace.server.Batches.stamped;
import static io.tailrace.server.partition.TwoReplicas.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.FetchResponse.EpochEndOffset;
import io.tailrace.replication.Follower;
import io.tailrace.server.config.ReplicationConfig;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.TwoReplicas;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A follower and a leader that the test plays. */
class FetchersTest {
    private static final int LEADER = 2;
    private static final int EPOCH = 4;
    private static final long BROKER_EPOCH = 100;

    private final ScriptedLeader leader = new ScriptedLeader();
    private Path path;
    private TwoReplicas replicas;
    private Fetchers fetchers;

    @BeforeEach
    void follow(@TempDir Path directory) throws Exception {
        path = directory;
        follow(new TwoReplicas(directory.resolve("usual")));
    }

    private void follow(TwoReplicas chosen) {
        replicas = chosen;
        fetchers = new Fetchers(
                new ReplicaFetcher.Self(1, () -> BROKER_EPOCH),
                new ReplicationConfig(60_000, 1, 500, 1000, 1000, 100, 1000, false),
                leader,
                replicas.clocks().steadyMs());
    }

    @AfterEach
    void stop() throws Exception {
        fetchers.close();
        replicas.close();
    }

    @Test
    void appendsTheAnswerAndAsksForWhatComesNext() throws Exception {
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
    void lagIsWhatTheLogLacksBelowTheLeadersHighWatermark() throws Exception {
        assertThat(fetchers.lagMax()).isZero();
        startFollowing();
        leader.asked();
        leader.answer(records(stamped(0, EPOCH, "a", "b"), 7));
        leader.asked();
        assertThat(fetchers.lagMax()).isEqualTo(5);
        leader.answer(records(stamped(2, EPOCH, "c"), 3));
        leader.asked();
        assertThat(fetchers.lagMax()).isZero();
    }

    @Test
    void truncatesToWhereTheLogsDiverge() throws Exception {
        replicas.partition().append(batch("mine"), TwoReplicas.LEADER_EPOCH, false);
        startFollowing();
        assertThat(only(leader.asked()).lastFetchedEpoch()).isEqualTo(TwoReplicas.LEADER_EPOCH);

        leader.answer(answer(FetchResponse.Partition.diverging(0, 0, 0, new EpochEndOffset(-1, 0))));
        FetchRequest next = leader.asked();
        assertThat(only(next).fetchOffset()).isZero();
        assertThat(replicas.logEndOffset()).isZero();
    }

    @Test
    void restartsWhereTheLeadersLogStarts() throws Exception {
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
    void corruptBatchIsRefusedAndAskedForAgain() throws Exception {
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
    void stoppedPartitionIsNoLongerAskedFor() throws Exception {
        startFollowing();
        leader.asked();
        fetchers.stop(replicas.partition());
        leader.answer(records(stamped(0, EPOCH, "a"), 0));
        await().until(() -> replicas.logEndOffset() == 1);

        fetchers.start(replicas.partition(), LEADER, EPOCH);
        assertThat(only(leader.asked()).fetchOffset()).as("the very next fetch").isEqualTo(1);
    }

    @Test
    void logStartFollowsTheLeadersUpToTheLogEnd() throws Exception {
        startFollowing();
        leader.asked();
        leader.answer(answer(read(stamped(0, EPOCH, "a"), 0, 0)));
        leader.asked();
        leader.answer(answer(read(stamped(1, EPOCH, "b"), 2, 1)));
        leader.asked();
        assertThat(replicas.log().logStartOffset()).isEqualTo(1);
        assertThat(replicas.partition().replica().log().startOffset()).isEqualTo(1);

        leader.answer(answer(read(stamped(2, EPOCH, "c"), 9, 9)));
        leader.asked();
        assertThat(replicas.log().logStartOffset()).isEqualTo(3);
        assertThat(replicas.logEndOffset()).isEqualTo(3);
    }

    @Test
    void flushAckAcknowledgesOnlyWhatIsOnDisk() throws Exception {
        CountDownLatch disk = new CountDownLatch(1);
        stop();
        Executor slow = task -> new Thread(() -> {
                    awaitDisk(disk);
                    task.run();
                })
                .start();
        follow(new TwoReplicas(path.resolve("flushed"), Map.of("flush", "ack"), 0, slow));
        List<FetchRequest.Partition> early = new CopyOnWriteArrayList<>();
        leader.onAsked(request -> request.topics().forEach(topic -> topic.partitions().stream()
                .filter(part -> part.fetchOffset() > replicas.log().recoveryPoint())
                .forEach(early::add)));
        startFollowing();
        leader.asked();
        leader.answer(records(stamped(0, EPOCH, "a"), 0));
        replicas.awaitAppended(1);
        disk.countDown();

        assertThat(only(leader.asked()).fetchOffset()).isEqualTo(1);
        assertThat(early).isEmpty();
    }

    private static void awaitDisk(CountDownLatch disk) {
        try {
            disk.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void fullDiskStopsNeitherFetcherNorRole() throws Exception {
        stop();
        follow(new TwoReplicas(path.resolve("full"), Map.of(), Long.MAX_VALUE / 2, Runnable::run));
        startFollowing();
        leader.asked();
        leader.answer(records(stamped(0, EPOCH, "a"), 0));

        assertThat(only(leader.asked()).fetchOffset()).isZero();
        assertThat(replicas.partition().replica()).isInstanceOf(Follower.class);
        assertThat(replicas.logEndOffset()).isZero();
    }

    @Test
    void partitionThatItsLeaderCannotReadCostsNoOtherItsAnswer() throws Exception {
        assertOtherPartitionIsCopied(FetchResponse.Partition.refused(0, ErrorCode.CORRUPT_MESSAGE, -1));
    }

    @Test
    void damagedBatchCostsNoOtherPartitionItsAnswer() throws Exception {
        ByteBuffer badMagic = stamped(0, EPOCH, "a");
        badMagic.put(16, (byte) 9);
        assertOtherPartitionIsCopied(read(badMagic, 0, 0));
    }

    @Test
    void answerThatThrowsCostsNoOtherPartitionItsAnswer() throws Exception {
        RecordsPayload broken = new RecordsPayload() {
            @Override
            public int sizeInBytes() {
                return 1;
            }

            @Override
            public ByteBuffer buffer() {
                throw new IllegalStateException("not in memory");
            }
        };
        assertOtherPartitionIsCopied(FetchResponse.Partition.read(0, 0, 0, broken));
    }

    private void assertOtherPartitionIsCopied(FetchResponse.Partition failing) throws Exception {
        Partition other = replicas.openFollower(EPOCH);
        replicas.elect(LEADER, EPOCH);
        leader.onAsked(request -> leader.answer(bothAsked(request) ? answer(failing, sound()) : answer()));
        fetchers.start(replicas.partition(), LEADER, EPOCH);
        fetchers.start(other, LEADER, EPOCH);

        await().until(() -> other.logEndOffset() == 1);
        assertThat(replicas.logEndOffset()).isZero();
        assertThat(leader.linksOpened()).as("the connection is kept").isEqualTo(1);
    }

    private static boolean bothAsked(FetchRequest request) {
        return request.topics().get(0).partitions().size() == 2;
    }

    private static FetchResponse.Partition sound() {
        return FetchResponse.Partition.read(1, 0, 0, RecordsPayload.of(stamped(0, EPOCH, "b")));
    }

    @Test
    void newPartitionEndsTheWaitOfTheFetchInFlight() throws Exception {
        startFollowing();
        leader.asked();
        assertThat(leader.waitsEnded()).isZero();
        fetchers.start(replicas.partition(), LEADER, EPOCH);

        assertThat(leader.waitsEnded()).isEqualTo(1);
    }

    @Test
    void connectionWithoutPartitionsIsClosed() throws Exception {
        startFollowing();
        leader.asked();
        fetchers.stop(replicas.partition());
        leader.answer(records(stamped(0, EPOCH, "a"), 0));
        await().until(() -> leader.linksClosed() == 1);

        fetchers.start(replicas.partition(), LEADER, EPOCH);
        assertThat(only(leader.asked()).fetchOffset()).isEqualTo(1);
        assertThat(leader.linksOpened()).isEqualTo(2);
    }

    private void startFollowing() {
        replicas.elect(LEADER, EPOCH);
        fetchers.start(replicas.partition(), LEADER, EPOCH);
    }

    private static FetchResponse records(ByteBuffer batches, long highWatermark) {
        return answer(read(batches, highWatermark, 0));
    }

    private static FetchResponse.Partition read(ByteBuffer batches, long highWatermark, long logStartOffset) {
        return FetchResponse.Partition.read(0, highWatermark, logStartOffset, RecordsPayload.of(batches));
    }

    private static FetchResponse answer(FetchResponse.Partition... parts) {
        return new FetchResponse(List.of(new FetchResponse.Topic(TOPIC, List.of(parts))));
    }

    private static FetchRequest.Partition only(FetchRequest request) {
        return request.topics().get(0).partitions().get(0);
    }
}
