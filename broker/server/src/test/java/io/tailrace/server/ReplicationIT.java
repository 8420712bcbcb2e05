package io.tailrace.server;

import static io.tailrace.server.Batches.batch;
import static io.tailrace.server.Batches.fetch;
import static io.tailrace.server.Batches.only;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.ProduceResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three broker processes and Apache Kafka's clients: acknowledged records survive. */
class ReplicationIT {
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
    void acknowledgedRecordsSurviveTheirLeaderOnceAndInOrder() throws Exception {
        topics.create("acknowledged");
        int leader = topics.leader("acknowledged");
        ConcurrentLinkedQueue<Integer> acknowledged = new ConcurrentLinkedQueue<>();
        AtomicInteger failed = new AtomicInteger();
        try (KafkaProducer<String, String> producer = topics.producer("all")) {
            for (int i = 0; i < 5_000; i++) {
                int number = i;
                var unused =
                        producer.send(new ProducerRecord<>("acknowledged", String.valueOf(i)), (metadata, failure) -> {
                            if (failure == null) {
                                acknowledged.add(number);
                            } else {
                                failed.incrementAndGet();
                            }
                        });
                if (i == 3_000) {
                    await().until(() -> acknowledged.size() > 500);
                    brokers.kill(leader);
                }
            }
        }

        assertThat(failed).hasValue(0);
        assertThat(topics.read("acknowledged"))
                .isEqualTo(IntStream.range(0, 5_000).boxed().toList());
        assertThat(topics.leader("acknowledged")).isNotEqualTo(leader);
        brokers.start(leader);
        topics.awaitInSync("acknowledged", 1, 2, 3);
        topics.awaitSameLogs("acknowledged");
    }

    @Test
    void formerLeaderTruncatesRecordsThatOnlyItHad() throws Exception {
        topics.create("diverging");
        topics.produce("diverging", "all", 0, 100);
        int leader = topics.leader("diverging");
        List<Integer> others = new ArrayList<>(List.of(1, 2, 3));
        others.remove(Integer.valueOf(leader));
        try (KafkaProducer<String, String> producer = topics.producer("1")) {
            // Connects, so that the others are paused for a moment only, and their sessions continue.
            producer.send(new ProducerRecord<>("diverging", "100")).get();
            for (int id : others) {
                brokers.pause(id);
            }
            for (int i = 1_000; i < 1_020; i++) {
                producer.send(new ProducerRecord<>("diverging", String.valueOf(i)))
                        .get();
            }
        }
        brokers.kill(leader);
        for (int id : others) {
            brokers.resume(id);
        }
        await().until(() -> others.contains(topics.leader("diverging")));
        topics.produce("diverging", "all", 101, 110);
        brokers.start(leader);

        topics.awaitInSync("diverging", 1, 2, 3);
        topics.awaitSameLogs("diverging");
        // The fetch in flight when the follower was paused may have copied the first of these records.
        List<Integer> read = topics.read("diverging");
        assertThat(read).doesNotContain(1_019);
        assertThat(read.stream().filter(number -> number < 1_000).toList())
                .isEqualTo(IntStream.range(0, 110).boxed().toList());
    }

    @Test
    void replicasAreSpreadOverRacks() {
        topics.create(new NewTopic("racks", 6, (short) 2));

        await().untilAsserted(
                        () -> assertThat(topics.describe("racks")).hasSize(6).allSatisfy(partition -> assertThat(
                                        partition.replicas())
                                .extracting(Node::rack)
                                .containsExactlyInAnyOrder("west", "east")));
    }

    @Test
    void stoppedBrokerHandsOverItsLeadsAndNoProduceFails() throws Exception {
        topics.create("bounced");
        topics.produce("bounced", "all", 0, 10);
        int leader = topics.leader("bounced");

        assertThat(brokers.stop(leader)).isZero();
        await().until(() -> topics.leader("bounced") != leader);
        topics.produce("bounced", "all", 10, 20);
        brokers.start(leader);
        topics.awaitInSync("bounced", 1, 2, 3);
        topics.awaitSameLogs("bounced");
    }

    @Test
    void resumedBrokerServesNoPartitionThatItNoLongerLeads() throws Exception {
        topics.create("paused");
        int leader = topics.leader("paused");
        try (RawClient client = new RawClient(brokers.port(leader))) {
            assertThat(only(client.call(Batches.produce("paused", 1, 60_000, batch("a")), ProduceResponse.class))
                            .errorCode())
                    .isEqualTo(ErrorCode.NONE);
            brokers.pause(leader);
            try {
                client.send(Batches.produce("paused", 1, 1_000, batch("late")));
                client.send(Batches.produce("paused", -1, 1_000, batch("late")));
                client.send(fetch("paused", 1, 0, 1, 1_000));
                await().until(() -> topics.leader("paused") != leader);
            } finally {
                brokers.resume(leader);
            }

            // Requests sent during the pause are read before the broker learns that its session ended.
            assertThat(only(client.receive(ProduceResponse.class)).errorCode())
                    .isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
            assertThat(only(client.receive(ProduceResponse.class)).errorCode())
                    .isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
            assertThat(only(client.receive(FetchResponse.class)).errorCode())
                    .isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        }
        topics.awaitInSync("paused", 1, 2, 3);
        topics.awaitSameLogs("paused");
    }
}
