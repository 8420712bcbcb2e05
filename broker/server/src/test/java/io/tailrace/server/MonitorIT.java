package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.config.ConfigException;
import io.tailrace.metrics.MonitoringDocument;
import io.tailrace.metrics.Scrape;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a broker's endpoint for metrics and health shows. */
class MonitorIT {
    private static final Map<String, String> ENDPOINT = Map.of("metrics.listener", "127.0.0.1:0");
    private static final int RECORDS = 500;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    private static void create(BrokerFixture broker, String topic, int partitions) throws Exception {
        try (Admin admin = broker.admin()) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                    .all()
                    .get();
        }
    }

    private static void produce(BrokerFixture broker, String topic) {
        try (KafkaProducer<String, String> producer = broker.producer("acks", "all")) {
            for (int i = 0; i < RECORDS; i++) {
                var unused = producer.send(new ProducerRecord<>(topic, 0, null, "value " + i));
            }
        }
    }

    private static void commit(BrokerFixture broker, String group, String topic, long offset) {
        try (KafkaConsumer<String, String> consumer = broker.consumer("group.id", group)) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(offset)));
        }
    }

    private static void consume(BrokerFixture broker, String topic) {
        try (KafkaConsumer<String, String> consumer = broker.consumer()) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            int read = 0;
            while (read < RECORDS) {
                read += consumer.poll(Duration.ofSeconds(10)).count();
            }
        }
    }

    @Test
    void theDocumentListsWhatTheEndpointHas() throws Exception {
        try (BrokerFixture broker = new BrokerFixture(directory, ENDPOINT)) {
            create(broker, "logs", 1);
            produce(broker, "logs");
            commit(broker, "readers", "logs", 1);

            assertThat(Scrape.of(broker.metricsPort()).metricsOfTailrace())
                    .isEqualTo(MonitoringDocument.metrics(
                            Path.of("../.."), "Topics and partitions", "Brokers", "Consumer groups", "Transactions"));
        }
    }

    @Test
    void trafficIsCountedByTopicAndInAll() throws Exception {
        try (BrokerFixture broker = new BrokerFixture(directory, ENDPOINT)) {
            create(broker, "logs", 2);
            create(broker, "idle", 1);
            produce(broker, "logs");
            consume(broker, "logs");

            Scrape scrape = Scrape.of(broker.metricsPort());
            String prefix = "kafka_server_brokertopicmetrics_";
            assertThat(scrape.value(prefix + "messagesin_total{topic=\"logs\"}"))
                    .isEqualTo(RECORDS);
            assertThat(scrape.value(prefix + "messagesin_total{topic=\"\"}")).isEqualTo(RECORDS);
            assertThat(scrape.value(prefix + "messagesin_total{topic=\"idle\"}"))
                    .isZero();
            double bytesIn = scrape.value(prefix + "bytesin_total{topic=\"logs\"}");
            assertThat(bytesIn).isGreaterThan(RECORDS * 7);
            assertThat(scrape.value(prefix + "bytesout_total{topic=\"logs\"}")).isEqualTo(bytesIn);
            assertThat(scrape.value("kafka_log_log_size{partition=\"0\",topic=\"logs\"}"))
                    .isEqualTo(bytesIn);
            assertThat(scrape.value(prefix + "totalproducerequests_total{topic=\"logs\"}"))
                    .isPositive();
            assertThat(scrape.value(prefix + "failedproducerequests_total{topic=\"logs\"}"))
                    .isZero();
            assertThat(scrape.value("kafka_topic_partition_current_offset{partition=\"0\",topic=\"logs\"}"))
                    .isEqualTo(RECORDS);
            assertThat(scrape.value("kafka_topic_partition_current_offset{partition=\"1\",topic=\"logs\"}"))
                    .isZero();
            assertThat(scrape.value("kafka_topic_partition_oldest_offset{partition=\"0\",topic=\"logs\"}"))
                    .isZero();
            assertThat(scrape.value("kafka_topic_partition_leader{partition=\"1\",topic=\"logs\"}"))
                    .isEqualTo(1);
            assertThat(scrape.value("kafka_topic_partitions{topic=\"logs\"}")).isEqualTo(2);
            assertThat(scrape.value("kafka_brokers")).isEqualTo(1);
            assertThat(scrape.value("kafka_server_replicamanager_leadercount")).isEqualTo(3);
            assertThat(scrape.value("kafka_controller_kafkacontroller_activecontrollercount"))
                    .isEqualTo(1);
            assertThat(scrape.value("kafka_network_requestmetrics_requests_total{request=\"FetchConsumer\"}"))
                    .isPositive();
            assertThat(scrape.value("kafka_network_requestmetrics_totaltimems{request=\"Produce\",quantile=\"0.99\"}"))
                    .isPositive();
        }
    }

    @Test
    void groupsShowTheirLag() throws Exception {
        try (BrokerFixture broker = new BrokerFixture(directory, ENDPOINT)) {
            create(broker, "logs", 1);
            produce(broker, "logs");
            commit(broker, "readers", "logs", 100);

            String partition = "{consumergroup=\"readers\",partition=\"0\",topic=\"logs\"}";
            String topic = "{consumergroup=\"readers\",topic=\"logs\"}";
            Scrape scrape = Scrape.of(broker.metricsPort());
            assertThat(scrape.value("kafka_consumergroup_current_offset" + partition))
                    .isEqualTo(100);
            assertThat(scrape.value("kafka_consumergroup_lag" + partition)).isEqualTo(RECORDS - 100);
            assertThat(scrape.value("kafka_consumergroup_lag_seconds" + partition))
                    .isBetween(0.001, 600.0);
            assertThat(scrape.value("kafka_consumergroup_lag_sum" + topic)).isEqualTo(RECORDS - 100);
            assertThat(scrape.value("kafka_consumergroup_current_offset_sum" + topic))
                    .isEqualTo(100);
            assertThat(scrape.value("kafka_consumergroup_members{consumergroup=\"readers\"}"))
                    .isZero();

            String coordinator = "kafka_server_group_coordinator_metrics_";
            Awaitility.await().untilAsserted(() -> assertThat(
                            Scrape.of(broker.metricsPort()).value(coordinator + "num_partitions{state=\"active\"}"))
                    .isEqualTo(4));
            assertThat(scrape.value(coordinator + "num_partitions{state=\"failed\"}"))
                    .isZero();
            assertThat(scrape.value(coordinator + "group_count{protocol=\"classic\"}"))
                    .isEqualTo(1);
            assertThat(scrape.value(coordinator + "offset_commit_count_total")).isEqualTo(1);
            assertThat(scrape.value("kafka_coordinator_group_groupmetadatamanager_numoffsets"))
                    .isEqualTo(1);

            commit(broker, "readers", "logs", RECORDS);
            Awaitility.await().untilAsserted(() -> assertThat(
                            Scrape.of(broker.metricsPort()).value("kafka_consumergroup_lag_seconds" + partition))
                    .isZero());
        }
    }

    @Test
    void groupsShowTheirMembers() throws Exception {
        try (BrokerFixture broker = new BrokerFixture(directory, ENDPOINT)) {
            create(broker, "logs", 1);
            String members = "kafka_consumergroup_members{consumergroup=\"readers\"}";
            try (KafkaConsumer<String, String> consumer = broker.consumer("group.id", "readers")) {
                consumer.subscribe(List.of("logs"));
                while (consumer.assignment().isEmpty()) {
                    consumer.poll(Duration.ofMillis(100));
                }
                Scrape scrape = Scrape.of(broker.metricsPort());
                assertThat(scrape.value(members)).isEqualTo(1);
                assertThat(scrape.value("kafka_coordinator_group_groupmetadatamanager_numgroupsstable"))
                        .isEqualTo(1);
                assertThat(scrape.value("kafka_server_group_coordinator_metrics_group_completed_rebalance_count_total"))
                        .isPositive();
            }

            Awaitility.await().untilAsserted(() -> assertThat(
                            Scrape.of(broker.metricsPort()).value(members))
                    .isZero());
        }
    }

    @Test
    void refusedRequestsAreCounted() throws Exception {
        try (BrokerFixture broker = new BrokerFixture(directory, ENDPOINT)) {
            create(broker, "logs", 1);
            try (KafkaProducer<String, String> producer =
                    broker.producer("max.request.size", "10000000", "retries", "0", "delivery.timeout.ms", "40000")) {
                assertThatThrownBy(() -> producer.send(new ProducerRecord<>("logs", "x".repeat(2_000_000)))
                                .get())
                        .hasMessageContaining("max.message.bytes");
            }

            Scrape scrape = Scrape.of(broker.metricsPort());
            String prefix = "kafka_server_brokertopicmetrics_failedproducerequests_total";
            assertThat(scrape.value(prefix + "{topic=\"logs\"}")).isEqualTo(1);
            assertThat(scrape.value(prefix + "{topic=\"\"}")).isEqualTo(1);
        }
    }

    @Test
    void partitionsBeyondTheBoundCountInTotalsOnly() throws Exception {
        Map<String, String> bounded = Map.of("metrics.listener", "127.0.0.1:0", "metrics.partitions.max", "2");
        try (BrokerFixture broker = new BrokerFixture(directory, bounded)) {
            create(broker, "a", 1);
            create(broker, "b", 3);
            create(broker, "c", 1);
            produce(broker, "c");

            Scrape scrape = Scrape.of(broker.metricsPort());
            Set<String> expected = Set.of("{partition=\"0\",topic=\"a\"}", "{partition=\"0\",topic=\"b\"}");
            for (String metric : List.of("kafka_topic_partition_leader", "kafka_log_log_size")) {
                Set<String> labels = new HashSet<>();
                scrape.series(metric).keySet().forEach(series -> labels.add(series.substring(metric.length())));
                assertThat(labels).as(metric).isEqualTo(expected);
            }
            assertThat(scrape.value("tailrace_metrics_partitions_left_out")).isEqualTo(3);
            assertThat(scrape.value("kafka_server_brokertopicmetrics_messagesin_total{topic=\"\"}"))
                    .isEqualTo(RECORDS);
            assertThat(scrape.value("kafka_server_replicamanager_partitioncount"))
                    .isEqualTo(5);
        }
    }

    @Test
    void aBrokerWithoutZooKeeperIsLiveAndNotReady() throws Exception {
        try (BrokerFixture broker = new BrokerFixture(directory, ENDPOINT)) {
            create(broker, "logs", 1);
            Awaitility.await().untilAsserted(() -> {
                HttpResponse<String> ready = Scrape.get(broker.metricsPort(), "/health/ready");
                assertThat(ready.body())
                        .isEqualTo(
                                "{\"status\":\"up\",\"reason\":\"broker 1 is registered and leads what it should\"}");
                assertThat(ready.statusCode()).isEqualTo(200);
            });

            broker.zooKeeper().stop();
            Awaitility.await().untilAsserted(() -> {
                HttpResponse<String> fenced = Scrape.get(broker.metricsPort(), "/health/ready");
                assertThat(fenced.statusCode()).isEqualTo(503);
                assertThat(fenced.body()).contains("broker 1 is not ready: ");
            });
            assertThat(Scrape.get(broker.metricsPort(), "/health/live").statusCode())
                    .isEqualTo(200);
            assertThat(Scrape.of(broker.metricsPort()).value("kafka_server_replicamanager_partitioncount"))
                    .isEqualTo(1);
        }
    }

    @Test
    void anAddressInUseRefusesTheStartAndNamesTheKey() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Map<String, String> taken = Map.of("metrics.listener", "127.0.0.1:" + other.getLocalPort());

            assertThatThrownBy(() -> new BrokerFixture(directory, taken))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("metrics.listener=127.0.0.1:" + other.getLocalPort());
        }
    }

    @Test
    void thereIsNoEndpointUnlessItIsConfigured() throws Exception {
        try (BrokerFixture broker = new BrokerFixture(directory, Map.of())) {
            assertThat(broker.metricsPort()).isEqualTo(-1);
        }
    }
}
