package io.tailrace.server.api;

import static io.tailrace.server.Batches.batch;
import static io.tailrace.server.Batches.bytes;
import static io.tailrace.server.Batches.only;
import static io.tailrace.server.Batches.produce;
import static io.tailrace.server.partition.TwoReplicas.FOLLOWER_EPOCH;
import static io.tailrace.server.partition.TwoReplicas.LEADER_EPOCH;
import static io.tailrace.server.partition.TwoReplicas.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.log.AppendResult;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.FetchResponse.EpochEndOffset;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.server.RawClient;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.TwoReplicas;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a leader answers a follower's fetch, and what the fetch acknowledges. */
@Timeout(300)
class FollowerFetchTest {
    private static final int LONG_MS = 60_000;
    private static final int LONGER_THAN_THE_TEST_MS = 600_000;

    private TwoReplicas replicas;
    private ApiServer server;
    private RawClient producer;
    private RawClient follower;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        replicas = new TwoReplicas(directory);
        server = ApiServer.of(replicas);
        producer = server.connect();
        follower = server.connect();
    }

    @AfterEach
    void stop() throws Exception {
        producer.close();
        follower.close();
        server.close();
        replicas.close();
    }

    @Test
    void readsAboveTheHighWatermarkAndAcknowledgesWhatComesBeforeItsOffset() throws Exception {
        producer.send(produce(TOPIC, -1, LONG_MS, batch("a")));
        replicas.awaitAppended(1);

        FetchResponse copied = ask(FOLLOWER_EPOCH, LEADER_EPOCH, 0, -1, 0);
        assertThat(bytes(copied)).isPositive();
        assertThat(only(copied).highWatermark()).isZero();

        FetchResponse next = ask(FOLLOWER_EPOCH, LEADER_EPOCH, 1, LEADER_EPOCH, 0);
        assertThat(only(next).highWatermark()).isEqualTo(1);
        assertThat(only(producer.receive(ProduceResponse.class)).errorCode()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void earlierIncarnationOfTheFollowerAcknowledgesNothing() throws Exception {
        producer.call(produce(TOPIC, 1, LONG_MS, batch("a")), ProduceResponse.class);
        ask(FOLLOWER_EPOCH - 1, LEADER_EPOCH, 1, LEADER_EPOCH, 0);

        assertThat(replicas.highWatermark()).isZero();
        ask(FOLLOWER_EPOCH, LEADER_EPOCH, 1, LEADER_EPOCH, 0);
        assertThat(replicas.highWatermark()).isEqualTo(1);
    }

    @Test
    void appendEndsALongPollBeforeItIsAcknowledged() throws Exception {
        follower.send(fetch(FOLLOWER_EPOCH, LEADER_EPOCH, 0, -1, LONG_MS));
        replicas.awaitReader();
        producer.send(produce(TOPIC, -1, LONG_MS, batch("a")));

        assertThat(bytes(follower.receive(FetchResponse.class))).isPositive();
    }

    @Test
    void nextFetchOnTheConnectionEndsALongPoll() throws Exception {
        follower.send(fetch(FOLLOWER_EPOCH, LEADER_EPOCH, 0, -1, LONGER_THAN_THE_TEST_MS));
        replicas.awaitReader();
        follower.send(FetchRequest.ofFollower(2, FOLLOWER_EPOCH, 0, 0, 0, List.of()));

        assertThat(only(follower.receive(FetchResponse.class)).errorCode()).isEqualTo(ErrorCode.NONE);
        assertThat(follower.receive(FetchResponse.class).topics()).isEmpty();
        replicas.awaitNobodyWaits();
    }

    @Test
    void fetchAcknowledgesOtherPartitionsWhileOneIsBusyAndThatOneOnceItIsFree() throws Exception {
        Partition other = replicas.openLeader(LEADER_EPOCH);
        append(replicas.partition());
        append(replicas.partition());
        append(other);
        replicas.whileBusy(LEADER_EPOCH + 1, () -> {
            follower.call(fetchOfBoth(1, 0), FetchResponse.class);
            follower.call(fetchOfBoth(2, 1), FetchResponse.class);
            assertThat(other.replica().log().highWatermark()).isEqualTo(1);
            assertThat(replicas.highWatermark()).isZero();
        });
        await().until(() -> replicas.highWatermark() == 2);
    }

    private static FetchRequest fetchOfBoth(long busyOffset, long otherOffset) {
        return FetchRequest.ofFollower(
                2,
                FOLLOWER_EPOCH,
                0,
                1,
                1000,
                List.of(new FetchRequest.Topic(
                        TOPIC,
                        List.of(
                                new FetchRequest.Partition(0, LEADER_EPOCH + 1, busyOffset, LEADER_EPOCH, 0, 1000),
                                new FetchRequest.Partition(
                                        1,
                                        LEADER_EPOCH,
                                        otherOffset,
                                        otherOffset == 0 ? -1 : LEADER_EPOCH,
                                        0,
                                        1000)))));
    }

    private static void append(Partition partition) {
        assertThat(partition.append(batch("a"), LEADER_EPOCH, true).result()).isInstanceOf(AppendResult.Appended.class);
    }

    @Test
    void divergenceIsAnsweredAtOnceAndAcknowledgesNothing() throws Exception {
        producer.call(produce(TOPIC, 1, LONG_MS, batch("a")), ProduceResponse.class);
        FetchResponse answer = ask(FOLLOWER_EPOCH, LEADER_EPOCH, 1, LEADER_EPOCH - 1, LONG_MS);

        assertThat(only(answer).errorCode()).isEqualTo(ErrorCode.NONE);
        assertThat(only(answer).divergingEpoch()).isEqualTo(new EpochEndOffset(-1, 0));
        assertThat(bytes(answer)).isZero();
        assertThat(replicas.highWatermark()).isZero();
    }

    @Test
    void olderAndNewerLeaderEpochsAreRefused() throws Exception {
        assertThat(only(ask(FOLLOWER_EPOCH, LEADER_EPOCH - 1, 0, -1, LONG_MS)).errorCode())
                .isEqualTo(ErrorCode.FENCED_LEADER_EPOCH);
        assertThat(only(ask(FOLLOWER_EPOCH, LEADER_EPOCH + 1, 0, -1, LONG_MS)).errorCode())
                .isEqualTo(ErrorCode.UNKNOWN_LEADER_EPOCH);
    }

    @Test
    void followerOutOfRangeGetsTheLogStartOffset() throws Exception {
        producer.call(produce(TOPIC, 1, LONG_MS, batch("a", "b")), ProduceResponse.class);
        ask(FOLLOWER_EPOCH, LEADER_EPOCH, 2, LEADER_EPOCH, 0);
        replicas.log().deleteRecordsBefore(2);
        replicas.partition().logStartMayHaveMoved();

        FetchResponse answer = ask(FOLLOWER_EPOCH, LEADER_EPOCH, 0, -1, LONG_MS);
        assertThat(only(answer).errorCode()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(only(answer).logStartOffset()).isEqualTo(2);
    }

    private FetchResponse ask(long replicaEpoch, int leaderEpoch, long offset, int lastEpoch, int waitMs)
            throws Exception {
        return follower.call(fetch(replicaEpoch, leaderEpoch, offset, lastEpoch, waitMs), FetchResponse.class);
    }

    private static FetchRequest fetch(long replicaEpoch, int leaderEpoch, long offset, int lastEpoch, int waitMs) {
        FetchRequest.Partition part = new FetchRequest.Partition(0, leaderEpoch, offset, lastEpoch, 0, 1000);
        return FetchRequest.ofFollower(
                2, replicaEpoch, waitMs, 1, 1000, List.of(new FetchRequest.Topic(TOPIC, List.of(part))));
    }
}
