package io.tailrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tailrace.client.Consumer;
import io.tailrace.client.ConsumerConfig;
import io.tailrace.metrics.MonitoringDocument;
import io.tailrace.metrics.Scrape;
import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Prometheus reads what {@code docs/monitoring.md} lists from brokers, registry and agent, and evaluates its alerts. */
class PrometheusIT {
    private static final Path ROOT = Path.of("..");
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Pattern ENDPOINT =
            Pattern.compile("Metrics are served at http://127\\.0\\.0\\.1:(\\d+)/metrics");
    private static final Pattern RULES = Pattern.compile("(?s)```yaml\n(groups:.*?)```");

    @RegisterExtension
    static final LocalCluster CLUSTER = LocalCluster.ofBrokers(
            3,
            Map.of(
                    "zookeeper.session.timeout.ms", "15000",
                    "metrics.listener", "127.0.0.1:0",
                    "default.replication.factor", "3",
                    "min.insync.replicas", "2",
                    "num.partitions", "2"));

    private static final List<ServerProcess> OTHERS = new ArrayList<>();
    private static String rules = "";

    @BeforeAll
    static void startEverything() throws Exception {
        assumeTrue(
                Prometheus.isInstalled(), "prometheus is not on the PATH; install it with: apt-get install prometheus");
        Matcher matcher = RULES.matcher(Files.readString(ROOT.resolve("docs/monitoring.md")));
        assertThat(matcher.find()).isTrue();
        rules = matcher.group(1);
        ServerProcess registry = start(
                "schema-registry",
                "listeners=http://127.0.0.1:0",
                "kafkastore.bootstrap.servers=" + CLUSTER.bootstrapServers(),
                "kafkastore.topic.replication.factor=3",
                "metrics.listener=:0");
        int registryPort = registry.awaitPort();
        Path log = CLUSTER.folder().resolve("web.log");
        Files.writeString(log, "one line\nanother line\n");
        start(
                "agent",
                "bootstrap.servers=" + CLUSTER.bootstrapServers(),
                "schema.registry.url=http://127.0.0.1:" + registryPort,
                "data.dir=" + CLUSTER.folder().resolve("agent"),
                "source.web.paths=" + log,
                "source.web.format=raw",
                "source.web.topic=web",
                "metrics.listener=:0");
    }

    private static ServerProcess start(String command, String... settings) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(command));
        for (String setting : settings) {
            arguments.addAll(List.of("--set", setting));
        }
        ServerProcess process = ServerProcess.start(CLUSTER.folder().resolve(command + ".log"), arguments);
        OTHERS.add(process);
        return process;
    }

    @AfterAll
    static void stopOthers() {
        OTHERS.forEach(ServerProcess::close);
    }

    private static int endpoint(ServerProcess process) {
        return Integer.parseInt(process.awaitOutput(ENDPOINT).group(1));
    }

    private static List<Integer> endpoints() {
        List<Integer> ports = new ArrayList<>();
        CLUSTER.brokers().forEach(broker -> ports.add(endpoint(broker.process())));
        OTHERS.forEach(process -> ports.add(endpoint(process)));
        return ports;
    }

    /** Complaints about names are expected where the names are Kafka's, which dashboards use, or the client library's. */
    @Test
    void promtoolFindsNothingButNamesThatOthersChose() throws Exception {
        for (int port : endpoints()) {
            Command check =
                    Command.run(Scrape.get(port, "/metrics").body(), Map.of(), List.of("promtool", "check", "metrics"));

            assertThat(check.exitCode()).as(check.err()).isIn(0, 3);
            assertThat((check.out() + check.err()).lines())
                    .allMatch(line -> line.startsWith("kafka_") || line.startsWith("jvm_"));
        }
    }

    @Test
    void prometheusHasEveryMetricOfTheListAndEvaluatesTheAlerts() throws Exception {
        Path folder = LocalCluster.emptyFolder(CLUSTER.folder().resolve("prometheus"));
        try (Prometheus prometheus = Prometheus.start(folder, rules, endpoints())) {
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> prometheus.query("sum(up)").equals(List.of(5.0)));
            await().atMost(PATIENCE)
                    .until(() -> prometheus
                                    .query("kafka_topic_partition_current_offset{topic=\"web\"} > 0")
                                    .size()
                            == 1);

            try (Consumer consumer = Consumer.create(ConsumerConfig.builder(CLUSTER.bootstrapServers())
                    .group("readers")
                    .build())) {
                consumer.commit(Map.of(new TopicPartition("web", 0), 0L, new TopicPartition("web", 1), 0L));
            }
            await().atMost(PATIENCE).until(() -> prometheus
                    .query("sum(kafka_consumergroup_lag_sum{consumergroup=\"readers\"})")
                    .equals(List.of(2.0)));

            // A busy process that is not read within a second has no values until it is read again.
            await().atMost(PATIENCE).untilAsserted(() -> assertMetricsOfTheList(prometheus));
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(prometheus.alerts())
                    .containsEntry("ProcessDown", "inactive")
                    .containsEntry("UnderReplicatedPartitions", "inactive")
                    .containsEntry("NotOneController", "inactive")
                    .allSatisfy((alert, state) -> assertThat(state).as(alert).isIn("inactive", "pending")));

            LocalBroker victim = CLUSTER.broker(2);
            victim.kill9();
            await().atMost(PATIENCE).untilAsserted(() -> {
                Map<String, String> alerts = prometheus.alerts();
                assertThat(alerts.get("ProcessDown")).isIn("pending", "firing");
                assertThat(alerts.get("UnderReplicatedPartitions")).isIn("pending", "firing");
                assertThat(alerts)
                        .containsEntry("NotOneController", "inactive")
                        .containsEntry("OfflinePartitions", "inactive")
                        .containsEntry("UnderMinIsrPartitions", "inactive");
            });
            victim.restart();
            await().atMost(PATIENCE).until(() -> prometheus
                    .alerts()
                    .getOrDefault("UnderReplicatedPartitions", "")
                    .equals("inactive"));
        }
    }

    private static void assertMetricsOfTheList(Prometheus prometheus) throws Exception {
        Map<String, String> listed = MonitoringDocument.metrics(
                ROOT,
                "Every process",
                "Topics and partitions",
                "Consumer groups",
                "Transactions",
                "Brokers",
                "Agents",
                "Schema registry");
        listed.remove("jvm_memory_pool_allocated_bytes_total"); // Until there is a garbage collection.
        for (Map.Entry<String, String> metric : listed.entrySet()) {
            String suffix = metric.getValue().startsWith("summary") ? "_count" : "";
            assertThat(prometheus.query("count(" + metric.getKey() + suffix + ")"))
                    .as(metric.getKey())
                    .hasSize(1);
        }
        assertThat(prometheus.query("sum(kafka_topic_partition_leader_is_preferred{topic=\"web\"})"))
                .containsExactly(2.0);
        assertThat(prometheus.query("sum(kafka_brokers)")).containsExactly(3.0);
        assertThat(prometheus.query("sum(kafka_topic_partition_replicas{topic=\"web\"})"))
                .containsExactly(6.0);
        assertThat(prometheus.query("sum(kafka_topic_partition_current_offset{topic=\"web\"})"))
                .containsExactly(2.0);
        assertThat(prometheus.query("sum(kafka_server_brokertopicmetrics_messagesin_total{topic=\"web\"})"))
                .containsExactly(2.0);
        assertThat(prometheus.query("sum(kafka_controller_kafkacontroller_activecontrollercount)"))
                .containsExactly(1.0);
        assertThat(prometheus.query("sum(tailrace_agent_lines_total)")).containsExactly(2.0);
    }
}
