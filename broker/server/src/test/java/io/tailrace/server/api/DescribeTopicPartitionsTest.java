package io.tailrace.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.DescribeTopicPartitionsRequest;
import io.tailrace.protocol.message.DescribeTopicPartitionsRequest.Cursor;
import io.tailrace.protocol.message.DescribeTopicPartitionsResponse;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.Endpoint;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.replication.cluster.TopicImage;
import io.tailrace.server.RawClient;
import io.tailrace.server.cluster.ClusterView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pages of partitions in a cluster whose broker 3 is down and whose broker 2 cannot use its log of a-1. */
class DescribeTopicPartitionsTest {
    private static final PartitionImage LED = partition(1, List.of(1, 2), List.of());
    private static final PartitionImage LEADERLESS = partition(PartitionState.NO_LEADER, List.of(), List.of(3));

    private ApiServer server;
    private RawClient client;

    @BeforeEach
    void start() throws Exception {
        ClusterView view = new ClusterView(1, () -> true);
        view.show(new ClusterImage(
                "cluster",
                new TreeMap<>(Map.of(1, broker(1), 2, broker(2))),
                new TreeMap<>(Map.of(
                        "a", topic("a", LED, LED, LED),
                        "b", topic("b", LED, LEADERLESS),
                        "gone", topic("gone", LED))),
                Set.of("gone"),
                1));
        server = new ApiServer(new DescribeTopicPartitionsHandler(view));
        client = server.connect();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
    }

    @Test
    void pagesFollowEachOtherWithoutGapOrRepetition() throws Exception {
        for (int partitionsMax = 1; partitionsMax <= 6; partitionsMax++) {
            List<String> listed = new ArrayList<>();
            @Nullable Cursor cursor = null;
            do {
                DescribeTopicPartitionsResponse page = ask(List.of(), partitionsMax, cursor);
                List<String> partitions = page.topics().stream()
                        .flatMap(topic -> topic.partitions().stream()
                                .map(partition -> topic.name() + "-" + partition.partitionIndex()))
                        .toList();
                assertThat(partitions).hasSizeBetween(1, partitionsMax);
                listed.addAll(partitions);
                cursor = page.nextCursor();
            } while (cursor != null);

            assertThat(listed).containsExactly("a-0", "a-1", "a-2", "b-0", "b-1");
        }
    }

    @Test
    void lastReplicasStandingAreTheEligibleLeaders() throws Exception {
        List<DescribeTopicPartitionsResponse.Partition> partitions =
                ask(List.of("b"), 10, null).topics().get(0).partitions();

        assertThat(partitions.get(0))
                .isEqualTo(new DescribeTopicPartitionsResponse.Partition(
                        ErrorCode.NONE, 0, 1, 7, List.of(1, 2, 3), List.of(1, 2), List.of(), List.of(), List.of(3)));
        assertThat(partitions.get(1))
                .isEqualTo(new DescribeTopicPartitionsResponse.Partition(
                        ErrorCode.LEADER_NOT_AVAILABLE,
                        1,
                        PartitionState.NO_LEADER,
                        7,
                        List.of(1, 2, 3),
                        List.of(),
                        List.of(3),
                        List.of(3),
                        List.of(3)));
    }

    @Test
    void replicasWithFailedLogsAreOffline() throws Exception {
        assertThat(ask(List.of("a"), 10, null).topics().get(0).partitions())
                .extracting(DescribeTopicPartitionsResponse.Partition::offlineReplicas)
                .containsExactly(List.of(3), List.of(2, 3), List.of(3));
    }

    @Test
    void missingTopicsHaveTheirErrorInOrder() throws Exception {
        assertThat(ask(List.of("gone", "b", "no/name", "aa"), 10, null).topics())
                .extracting(DescribeTopicPartitionsResponse.Topic::name, topic -> topic.errorCode())
                .containsExactly(
                        tuple("aa", ErrorCode.UNKNOWN_TOPIC_OR_PARTITION),
                        tuple("b", ErrorCode.NONE),
                        tuple("gone", ErrorCode.UNKNOWN_TOPIC_OR_PARTITION),
                        tuple("no/name", ErrorCode.INVALID_TOPIC_EXCEPTION));
    }

    @Test
    void cursorMayPointBeyondTheLastPartition() throws Exception {
        DescribeTopicPartitionsResponse behind = ask(List.of(), 10, new Cursor("a", 9));
        assertThat(behind.topics())
                .extracting(topic -> topic.partitions().size())
                .containsExactly(0, 2);
        assertThat(ask(List.of(), 10, new Cursor("zzz", 0)).topics()).isEmpty();

        assertThat(ask(List.of("a"), 10, new Cursor("a", -1)).topics().get(0).errorCode())
                .isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    private DescribeTopicPartitionsResponse ask(List<String> topics, int partitionsMax, @Nullable Cursor cursor)
            throws Exception {
        return client.call(
                new DescribeTopicPartitionsRequest(
                        topics.stream()
                                .map(DescribeTopicPartitionsRequest.Topic::new)
                                .toList(),
                        partitionsMax,
                        cursor),
                DescribeTopicPartitionsResponse.class);
    }

    private static Broker broker(int id) {
        return new Broker(
                id,
                100 + id,
                Broker.NONE,
                null,
                List.of(new Endpoint("PLAINTEXT", "host" + id, 9092)),
                false,
                id == 2 ? Set.of(new TopicPartition("a", 1)) : Set.of());
    }

    private static TopicImage topic(String name, PartitionImage... partitions) {
        return new TopicImage(name, UUID.randomUUID(), List.of(partitions), Map.of());
    }

    private static PartitionImage partition(int leader, List<Integer> isr, List<Integer> lastStanding) {
        PartitionState state = new PartitionState(leader, 7, members(isr), members(lastStanding), 3, 1, 5);
        return new PartitionImage(PartitionAssignment.of(List.of(1, 2, 3)), state);
    }

    private static List<Incarnation> members(List<Integer> ids) {
        return ids.stream().map(id -> new Incarnation(id, 100 + id)).toList();
    }
}
