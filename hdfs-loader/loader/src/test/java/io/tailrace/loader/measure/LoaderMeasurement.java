package io.tailrace.loader.measure;

import io.tailrace.coordination.DevelopmentZooKeeper;
import io.tailrace.loader.RegistryProcess;
import io.tailrace.loader.run.HiveProcess;
import io.tailrace.schemas.HttpSchemaRegistryClient;
import io.tailrace.server.BrokerServer;
import io.tailrace.server.config.BrokerConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures processor time and memory of {@code tailrace load}, in pairs with {@link PlainLoop} over the same records, and the load of
 * 10,000 path partitions into HDFS and Hive. Run it with {@code scripts/dev measure loader}.
 */
class LoaderMeasurement {
    private static final int RECORDS = Integer.getInteger("records", 2_000_000);
    private static final int ROUNDS = Integer.getInteger("rounds", 5);

    /** Names of the topics to measure; empty for all. */
    private static final String SELECTED = System.getProperty("topics", "");

    private static final List<String> PLAIN_FLAGS = List.of("-Xmx1g", "-Dtailrace.log.level=WARN");

    private static final List<MeasuredTopic> TOPICS = List.of(
            new MeasuredTopic("hours-1", 1, 1, RECORDS),
            new MeasuredTopic("hours-24", 1, 24, RECORDS),
            new MeasuredTopic("hours-500", 1, 500, RECORDS),
            new MeasuredTopic("partitions-64", 64, 1, RECORDS));

    private static final MeasuredTopic MANY_PATH_PARTITIONS =
            new MeasuredTopic("hours-10000", 1, 10_000, Integer.getInteger("hiveRecords", 200_000));

    @TempDir
    private Path dir;

    private final LoaderFindings findings = new LoaderFindings();

    /** Addresses of what a load uses. */
    private record Services(String brokers, String registry, String zooKeeper) {}

    @Test
    void measure() throws Exception {
        try (DevelopmentZooKeeper zooKeeper = DevelopmentZooKeeper.start(Map.of(
                        "dataDir", dir.resolve("zookeeper").toString(),
                        "clientPort", "0",
                        "clientPortAddress", "127.0.0.1"));
                BrokerServer broker = BrokerServer.start(BrokerConfig.of(Map.of(
                        "broker.id", "1",
                        "listeners", "PLAINTEXT://127.0.0.1:0",
                        "log.dirs", dir.resolve("logs").toString(),
                        "log.dir.free.bytes.min", "0",
                        "zookeeper.connect", "127.0.0.1:" + zooKeeper.port())));
                RegistryProcess registry = RegistryProcess.start("127.0.0.1:" + broker.port())) {
            Services services =
                    new Services("127.0.0.1:" + broker.port(), registry.url(), "127.0.0.1:" + zooKeeper.port());
            for (MeasuredTopic topic : TOPICS) {
                if (isSelected(topic)) {
                    pairs(services, topic);
                }
            }
            if (isSelected(MANY_PATH_PARTITIONS)) {
                manyPathPartitions(services);
            }
        }
        findings.write();
    }

    private static boolean isSelected(MeasuredTopic topic) {
        return SELECTED.isEmpty() || List.of(SELECTED.split(",")).contains(topic.name());
    }

    private void pairs(Services services, MeasuredTopic topic) throws IOException, InterruptedException {
        long bytes = send(topic, services);
        for (int round = 0; round < ROUNDS; round++) {
            findings.add(topic, "plain loop", bytes, plain(services, topic, round));
            Path output = dir.resolve("out-" + topic.name() + "-" + round);
            Map<String, String> settings = Map.of("output.path", output.toUri().toString());
            findings.add(topic, "tailrace load", bytes, load(services, topic, round, settings));
        }
    }

    private static long send(MeasuredTopic topic, Services services) throws IOException {
        return topic.send(
                services.brokers(),
                new HttpSchemaRegistryClient(URI.create(services.registry()), Duration.ofSeconds(10)),
                MeasuredTopic.Log.read());
    }

    private MeasuredProcess plain(Services services, MeasuredTopic topic, int round)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
        command.addAll(PLAIN_FLAGS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), PlainLoop.class.getName()));
        command.addAll(List.of(
                services.brokers(),
                services.registry(),
                topic.name(),
                String.valueOf(topic.partitions()),
                String.valueOf(topic.records()),
                dir.resolve(topic.name() + "-" + round + ".parquet").toString()));
        return MeasuredProcess.run(dir.resolve("plain.log"), command);
    }

    private void manyPathPartitions(Services services) throws IOException, InterruptedException {
        try (HiveProcess hive = new HiveProcess(dir.resolve("hive"))) {
            long bytes = send(MANY_PATH_PARTITIONS, services);
            for (int round = 0; round < ROUNDS; round++) {
                Map<String, String> settings = Map.of(
                        "output.path", hive.hdfs() + "/round-" + round,
                        "hive.metastore.uris", hive.metastore(),
                        "hive.database", "round_" + round);
                hive.sql("create database round_" + round);
                MeasuredProcess load = load(services, MANY_PATH_PARTITIONS, round, settings);
                findings.add(MANY_PATH_PARTITIONS, "tailrace load", bytes, load);
            }
        }
    }

    /** Loads a topic as users do, with the default memory. */
    private MeasuredProcess load(Services services, MeasuredTopic topic, int round, Map<String, String> settings)
            throws IOException, InterruptedException {
        Map<String, String> all = new HashMap<>(settings);
        all.put("bootstrap.servers", services.brokers());
        all.put("schema.registry.url", services.registry());
        all.put("zookeeper.connect", services.zooKeeper());
        all.put("group.id", topic.name() + "-" + round);
        all.put("topics", topic.name());
        List<String> command = new ArrayList<>(
                List.of(Path.of("..", "..", "scripts", "tailrace").toString(), "load", "--output", "json"));
        all.forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
        MeasuredProcess load = MeasuredProcess.run(dir.resolve("load.log"), command);
        if (!load.output().contains("\"rows\":" + topic.records() + ",\"errors\":0")) {
            throw new AssertionError("expected " + topic.records() + " rows, found " + load.output());
        }
        return load;
    }
}
