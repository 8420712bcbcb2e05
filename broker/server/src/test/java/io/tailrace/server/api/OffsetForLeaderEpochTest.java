package io.tailrace.server.api;

import static io.tailrace.server.Batches.batch;
import static io.tailrace.server.Batches.produce;
import static io.tailrace.server.partition.TwoReplicas.LEADER_EPOCH;
import static io.tailrace.server.partition.TwoReplicas.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.OffsetForLeaderEpochRequest;
import io.tailrace.protocol.message.OffsetForLeaderEpochResponse;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.replication.Replica;
import io.tailrace.server.RawClient;
import io.tailrace.server.partition.TwoReplicas;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end offsets of epochs. The partition's first epoch is {@link TwoReplicas#LEADER_EPOCH}. */
class OffsetForLeaderEpochTest {
    private static final int CONSUMER = OffsetForLeaderEpochRequest.CONSUMER;
    private static final int FOLLOWER = 2;

    private TwoReplicas replicas;
    private ApiServer server;
    private RawClient client;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        replicas = new TwoReplicas(directory);
        server = new ApiServer(
                new ProduceHandler(replicas.partitions(), ApiServer.NO_TRANSACTIONS, replicas.clocks()),
                new OffsetForLeaderEpochHandler(replicas.partitions()));
        client = server.connect();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
        replicas.close();
    }

    @Test
    void onlyOthersThanConsumersGetOffsetsAboveTheHighWatermark() throws Exception {
        append("a", "b", "c");
        replicas.followerFetches(2);

        assertThat(ask(CONSUMER, LEADER_EPOCH)).isEqualTo(answer(ErrorCode.NONE, LEADER_EPOCH, 2));
        assertThat(ask(FOLLOWER, LEADER_EPOCH)).isEqualTo(answer(ErrorCode.NONE, LEADER_EPOCH, 3));
        assertThat(ask(OffsetForLeaderEpochRequest.DEBUGGING, LEADER_EPOCH))
                .isEqualTo(answer(ErrorCode.NONE, LEADER_EPOCH, 3));
    }

    @Test
    void earlierEpochEndsWhereTheNextStarts() throws Exception {
        append("a", "b");
        replicas.followerFetches(2);
        replicas.elect(1, LEADER_EPOCH + 2);
        append("c");

        assertThat(ask(CONSUMER, LEADER_EPOCH)).isEqualTo(answer(ErrorCode.NONE, LEADER_EPOCH, 2));
        assertThat(ask(CONSUMER, LEADER_EPOCH + 1)).isEqualTo(answer(ErrorCode.NONE, LEADER_EPOCH, 2));
        assertThat(ask(CONSUMER, LEADER_EPOCH + 2)).isEqualTo(answer(ErrorCode.NONE, LEADER_EPOCH + 2, 2));
    }

    @Test
    void consumerWaitsUntilTheHighWatermarkOfANewLeaderIsKnown() throws Exception {
        append("a", "b");
        replicas.followerFetches(1);
        replicas.elect(1, LEADER_EPOCH + 1);

        assertThat(ask(CONSUMER, LEADER_EPOCH)).isEqualTo(answer(ErrorCode.OFFSET_NOT_AVAILABLE, -1, -1));
        assertThat(ask(FOLLOWER, LEADER_EPOCH)).isEqualTo(answer(ErrorCode.NONE, LEADER_EPOCH, 2));
    }

    @Test
    void epochWithoutRecordsEndsWhereTheLogsFirstEpochStarts() throws Exception {
        assertThat(ask(CONSUMER, LEADER_EPOCH - 1)).isEqualTo(answer(ErrorCode.NONE, LEADER_EPOCH - 1, 0));
    }

    @Test
    void futureEpochHasNoEnd() throws Exception {
        assertThat(ask(FOLLOWER, LEADER_EPOCH + 1)).isEqualTo(answer(ErrorCode.NONE, -1, -1));
        assertThat(ask(FOLLOWER, -1)).isEqualTo(answer(ErrorCode.NONE, -1, -1));
    }

    @Test
    void olderAndNewerLeaderEpochsAreRefused() throws Exception {
        assertThat(ask(CONSUMER, TOPIC, LEADER_EPOCH - 1, LEADER_EPOCH).errorCode())
                .isEqualTo(ErrorCode.FENCED_LEADER_EPOCH);
        assertThat(ask(CONSUMER, TOPIC, LEADER_EPOCH + 1, LEADER_EPOCH).errorCode())
                .isEqualTo(ErrorCode.UNKNOWN_LEADER_EPOCH);
        assertThat(ask(CONSUMER, TOPIC, LEADER_EPOCH, LEADER_EPOCH).errorCode()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void onlyALeaderAnswers() throws Exception {
        replicas.elect(2, LEADER_EPOCH + 1);

        assertThat(ask(CONSUMER, LEADER_EPOCH).errorCode()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(ask(CONSUMER, "no-such-topic", Replica.ANY_EPOCH, LEADER_EPOCH)
                        .errorCode())
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }

    private void append(String... values) throws Exception {
        client.call(produce(TOPIC, 1, 60_000, batch(values)), ProduceResponse.class);
    }

    private static OffsetForLeaderEpochResponse.Partition answer(ErrorCode error, int epoch, long endOffset) {
        return new OffsetForLeaderEpochResponse.Partition(error, 0, epoch, endOffset);
    }

    private OffsetForLeaderEpochResponse.Partition ask(int replicaId, int epoch) throws Exception {
        return ask(replicaId, TOPIC, Replica.ANY_EPOCH, epoch);
    }

    private OffsetForLeaderEpochResponse.Partition ask(int replicaId, String topic, int currentEpoch, int epoch)
            throws Exception {
        OffsetForLeaderEpochRequest request = new OffsetForLeaderEpochRequest(
                replicaId,
                List.of(new OffsetForLeaderEpochRequest.Topic(
                        topic, List.of(new OffsetForLeaderEpochRequest.Partition(0, currentEpoch, epoch)))));
        return client.call(request, OffsetForLeaderEpochResponse.class)
                .topics()
                .get(0)
                .partitions()
                .get(0);
    }
}
