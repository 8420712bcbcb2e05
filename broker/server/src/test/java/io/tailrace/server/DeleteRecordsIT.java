package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DeleteRecordsRequest;
import io.tailrace.protocol.message.DeleteRecordsResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.DeleteRecordsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deletes records on three broker processes, with Apache Kafka's admin client. */
class DeleteRecordsIT {
    private static ThreeBrokers brokers;
    private static ReplicatedTopics topics;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        brokers = new ThreeBrokers(directory);
        topics = new ReplicatedTopics(brokers);
    }

    @AfterAll
    static void stop() throws Exception {
        topics.close();
        brokers.close();
    }

    @Test
    void deletedRecordsAreGoneFromEveryReplicaAndStayGoneAfterKill() throws Exception {
        topics.create("deleted");
        topics.produce("deleted", "all", 0, 100);

        assertThat(delete("deleted", 40)).isEqualTo(40);

        assertThat(earliest("deleted")).isEqualTo(40);
        assertThat(topics.read("deleted"))
                .isEqualTo(IntStream.range(40, 100).boxed().toList());
        int leader = topics.leader("deleted");
        brokers.kill(leader);
        await().until(() -> topics.leader("deleted") != leader);
        assertThat(earliest("deleted")).as("on another broker").isEqualTo(40);
        brokers.start(leader);
        topics.awaitInSync("deleted", 1, 2, 3);
        assertThat(delete("deleted", -1)).isEqualTo(100);
        assertThat(topics.read("deleted")).isEmpty();
        topics.produce("deleted", "all", 100, 110);
        assertThat(topics.read("deleted"))
                .isEqualTo(IntStream.range(100, 110).boxed().toList());
    }

    @Test
    void replicaThatDoesNotFollowIsWaitedFor() throws Exception {
        topics.create("waiting");
        topics.produce("waiting", "all", 0, 10);
        int leader = topics.leader("waiting");
        int paused = leader % 3 + 1;
        brokers.pause(paused);
        // Apache Kafka's client may ask the paused broker for the leader first.
        try (RawClient client = new RawClient(brokers.port(leader))) {
            DeleteRecordsRequest request = new DeleteRecordsRequest(
                    List.of(new DeleteRecordsRequest.Topic(
                            "waiting", List.of(new DeleteRecordsRequest.Partition(0, 5)))),
                    1_000);
            assertThat(client.call(request, DeleteRecordsResponse.class)
                            .topics()
                            .get(0)
                            .partitions())
                    .containsExactly(new DeleteRecordsResponse.Partition(0, -1, ErrorCode.REQUEST_TIMED_OUT));
        } finally {
            brokers.resume(paused);
        }
        topics.awaitInSync("waiting", 1, 2, 3);
        assertThat(earliest("waiting")).as("the leader has deleted them").isEqualTo(5);
        assertThat(delete("waiting", 5)).isEqualTo(5);
    }

    @Test
    void whatCannotBeDeletedIsRefused() throws Exception {
        topics.create("refusing");
        topics.produce("refusing", "all", 0, 10);
        assertThatThrownBy(() -> delete("refusing", 11)).hasCauseInstanceOf(OffsetOutOfRangeException.class);
        topics.create("compacted", 1, Map.of("cleanup.policy", "compact"));
        assertThatThrownBy(() -> delete("compacted", 0)).hasCauseInstanceOf(PolicyViolationException.class);
    }

    private static long delete(String topic, long offset) throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        DeleteRecordsResult result =
                topics.admin().deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(offset)));
        return Objects.requireNonNull(result.lowWatermarks().get(partition))
                .get()
                .lowWatermark();
    }

    private static long earliest(String topic) throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        return topics.admin()
                .listOffsets(Map.of(partition, OffsetSpec.earliest()))
                .partitionResult(partition)
                .get()
                .offset();
    }
}
