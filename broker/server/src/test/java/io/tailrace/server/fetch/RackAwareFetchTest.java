package io.tailrace.server.fetch;

import static io.tailrace.server.Batches.batch;
import static io.tailrace.server.Batches.stamped;
import static io.tailrace.server.fetch.ManyPartitions.wanted;
import static io.tailrace.server.partition.TwoReplicas.LEADER_EPOCH;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.server.RawClient;
import io.tailrace.server.api.ApiServer;
import io.tailrace.server.partition.LeaderAnswer;
import io.tailrace.server.partition.TwoReplicas;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Fetches of consumers that have a rack. This broker is in rack west, the other replica in rack east. */
@Timeout(300)
class RackAwareFetchTest {
    private static final int FOLLOWING_EPOCH = LEADER_EPOCH + 2;
    private static final int LONGER_THAN_THE_TEST_MS = 600_000;

    private TwoReplicas replicas;
    private ApiServer server;
    private RawClient client;

    @BeforeEach
    void commitOneRecord(@TempDir Path directory) throws Exception {
        replicas = new TwoReplicas(directory);
        replicas.inRacks("west", "east");
        replicas.partition().append(batch("a"), LEADER_EPOCH, false);
        replicas.followerFetches(1);
        server = ApiServer.rackAware(replicas);
        client = server.connect();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
        replicas.close();
    }

    @Test
    void leaderNamesTheFollowerInTheConsumersRackAtOnceAndSendsNoRecords() throws Exception {
        for (long offset : List.of(0L, 1L)) {
            FetchResponse.Partition answer = fetch("east", offset, LONGER_THAN_THE_TEST_MS);
            assertThat(answer.errorCode()).isEqualTo(ErrorCode.NONE);
            assertThat(answer.preferredReadReplica()).isEqualTo(2);
            assertThat(answer.highWatermark()).isEqualTo(1);
            assertThat(bytes(answer)).isZero();
        }
    }

    @Test
    void leaderNamesTheFollowerInASession() throws Exception {
        int session = client.call(consumer("east", 0, wanted(0, 0)).inSession(0, 0, List.of()), FetchResponse.class)
                .sessionId();
        FetchResponse next = client.call(
                consumer("east", LONGER_THAN_THE_TEST_MS, List.of()).inSession(session, 1, List.of()),
                FetchResponse.class);
        assertThat(partition(next).preferredReadReplica()).isEqualTo(2);
    }

    @Test
    void leaderServesConsumersOfItsOwnRackAndOfNone() throws Exception {
        for (String rack : List.of("west", "north", "")) {
            FetchResponse.Partition answer = fetch(rack, 0, 0);
            assertThat(answer.preferredReadReplica()).isEqualTo(-1);
            assertThat(bytes(answer)).isPositive();
        }
    }

    @Test
    void leaderReportsAnOffsetOutOfRangeItself() throws Exception {
        assertThat(fetch("east", 7, 0).errorCode()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void followerServesConsumersThatHaveARackOnly() throws Exception {
        replicas.elect(2, FOLLOWING_EPOCH);
        assertThat(bytes(fetch("west", 0, 0))).isPositive();
        assertThat(fetch("", 0, 0).errorCode()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(fetch("west", 2, 0).errorCode()).isEqualTo(ErrorCode.OFFSET_NOT_AVAILABLE);
    }

    @Test
    void consumerThatWaitsAtAFollowerIsAnsweredOnceTheFollowerLearnsTheHighWatermark() throws Exception {
        replicas.elect(2, FOLLOWING_EPOCH);
        client.send(consumer("west", LONGER_THAN_THE_TEST_MS, wanted(1, 0)));
        replicas.awaitReader();
        copy(stamped(1, FOLLOWING_EPOCH, "b"), 1);
        copy(ByteBuffer.allocate(0), 2);

        FetchResponse.Partition answer = partition(client.receive(FetchResponse.class));
        assertThat(answer.highWatermark()).isEqualTo(2);
        assertThat(bytes(answer)).isPositive();
    }

    @Test
    void consumerThatWaitsAtAFollowerIsSentAwayWhenTheFollowerFallsBehind() throws Exception {
        replicas.elect(2, FOLLOWING_EPOCH);
        int session = client.call(consumer("west", 0, wanted(1, 0)).inSession(0, 0, List.of()), FetchResponse.class)
                .sessionId();
        client.send(consumer("west", LONGER_THAN_THE_TEST_MS, List.of()).inSession(session, 1, List.of()));
        replicas.leavesIsr(FOLLOWING_EPOCH);

        assertThat(partition(client.receive(FetchResponse.class)).errorCode())
                .isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void followerWithoutALeaseMayHaveLeftTheInSyncReplicasAndServesNobody() throws Exception {
        replicas.elect(2, FOLLOWING_EPOCH);
        client.send(consumer("west", LONGER_THAN_THE_TEST_MS, wanted(1, 0)));
        replicas.awaitReader();
        replicas.lease(false);
        replicas.partition().leaseEnded();
        assertThat(partition(client.receive(FetchResponse.class)).errorCode())
                .isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(fetch("west", 0, 0).errorCode()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    private FetchResponse.Partition fetch(String rack, long offset, int waitMs) throws Exception {
        return partition(client.call(consumer(rack, waitMs, wanted(offset, 0)), FetchResponse.class));
    }

    private static FetchRequest consumer(String rack, int waitMs, List<FetchRequest.Topic> topics) {
        return new FetchRequest(FetchRequest.CONSUMER, waitMs, 1, 100_000, topics).inRack(rack);
    }

    private void copy(ByteBuffer batches, long highWatermark) {
        assertThat(replicas.partition().copy(new LeaderAnswer(FOLLOWING_EPOCH, batches, highWatermark, 0)))
                .isEmpty();
    }

    private static FetchResponse.Partition partition(FetchResponse answer) {
        return answer.topics().get(0).partitions().get(0);
    }

    private static int bytes(FetchResponse.Partition part) {
        RecordsPayload records = part.records();
        return records == null ? 0 : records.sizeInBytes();
    }
}
