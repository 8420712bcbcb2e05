package io.tailrace.systemtests;

import static org.awaitility.Awaitility.await;

import io.tailrace.systemtests.conformance.driver.EveryBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An idempotent producer whose batches are in flight to two leaders of one partition. */
class BatchesInFlightIT {
    private static final String TOPIC = "web";
    private static final TopicPartition MOVES = new TopicPartition(TOPIC, 0);
    private static final int STAYS = 1;
    private static final int IN_FLIGHT_MAX = 5;
    /** Enough for the records of {@link #send} to be in one request on a busy machine. */
    private static final int LINGER_MS = 200;

    /** A dead broker stays in the ISR until its session ends, and holds up all acknowledgements until then. */
    @RegisterExtension
    static final LocalCluster CLUSTER = LocalCluster.ofBrokers(
            3,
            Map.of(
                    "zookeeper.session.timeout.ms", "25000",
                    "min.insync.replicas", "2",
                    "auto.leader.rebalance.enable", "false"));

    private final KafkaClients theirs = new KafkaClients(CLUSTER::bootstrapServers);

    @Test
    void aProducerGoesOnThatRepeatsToTheNewLeaderWhatTheFormerOneDidNotAcknowledge() throws Exception {
        int former;
        try (ClusterWatch watch = new ClusterWatch(CLUSTER, List.of())) {
            former = watch.controller();
        }
        int next = former % 3 + 1;
        int dead = next % 3 + 1;
        try (Admin admin = theirs.admin();
                KafkaProducer<String, String> producer =
                        theirs.producer(Map.of("metadata.max.age.ms", 300, "linger.ms", LINGER_MS))) {
            List<Integer> replicas = List.of(former, next, dead);
            admin.createTopics(List.of(new NewTopic(TOPIC, Map.of(MOVES.partition(), replicas, STAYS, replicas))))
                    .all()
                    .get();
            EveryBroker.awaitTopic(CLUSTER.bootstrapServers(), TOPIC, 2);
            admin.alterPartitionReassignments(
                            Map.of(MOVES, Optional.of(new NewPartitionReassignment(List.of(next, former, dead)))))
                    .all()
                    .get();
            producer.send(KafkaClients.placed(TOPIC, MOVES.partition(), "first"))
                    .get();
            producer.send(KafkaClients.placed(TOPIC, STAYS, "first")).get();

            CLUSTER.broker(dead).kill9();
            List<Future<?>> sends = new ArrayList<>();
            for (int requests = 1; requests <= IN_FLIGHT_MAX; requests++) {
                send(producer, sends, requests);
                awaitSent(producer, 2 + 2 * requests);
            }
            send(producer, sends, IN_FLIGHT_MAX + 1);
            admin.electLeaders(ElectionType.PREFERRED, Set.of(MOVES)).all().get();
            // The record for the new leader; the other one waits for an answer of the former leader.
            awaitSent(producer, 2 + 2 * IN_FLIGHT_MAX + 1);

            for (Future<?> send : sends) {
                send.get(120, TimeUnit.SECONDS);
            }
        }
    }

    /** One record to each partition, which the producer puts into one request if both have the same leader. */
    private static void send(KafkaProducer<String, String> producer, List<Future<?>> sends, int number) {
        sends.add(producer.send(KafkaClients.placed(TOPIC, MOVES.partition(), "moves " + number)));
        sends.add(producer.send(KafkaClients.placed(TOPIC, STAYS, "stays " + number)));
    }

    /** Waits until this many records have left in requests. The number of requests in flight would count those for metadata. */
    private static void awaitSent(KafkaProducer<String, String> producer, int records) {
        await("%d records sent".formatted(records))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> producer.metrics().entrySet().stream()
                        .filter(entry -> entry.getKey().group().equals("producer-topic-metrics")
                                && entry.getKey().name().equals("record-send-total"))
                        .anyMatch(entry -> (double) entry.getValue().metricValue() >= records));
    }
}
