package io.tailrace.loader;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.Admin;
import io.tailrace.client.ClientConfig;
import io.tailrace.client.GroupAdmin;
import io.tailrace.client.NewTopic;
import io.tailrace.client.Producer;
import io.tailrace.client.ProducerConfig;
import io.tailrace.client.ProducerRecord;
import io.tailrace.coordination.DevelopmentZooKeeper;
import io.tailrace.loader.run.AccessLog;
import io.tailrace.process.CommandRunner;
import io.tailrace.schemas.HttpSchemaRegistryClient;
import io.tailrace.schemas.SchemaRegistryClient;
import io.tailrace.server.BrokerServer;
import io.tailrace.server.config.BrokerConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command with a real ZooKeeper, broker and registry. */
class BrokerLoadIT {
    private static final int EVENTS = 5_000;
    private static final String SUBJECT = SchemaRegistryClient.valueSubject(AccessLog.TOPIC);

    @Test
    void loadsProducedRecordsOnceAndCommitsTheGroupsOffsets(@TempDir Path dir) throws Exception {
        try (DevelopmentZooKeeper zooKeeper = DevelopmentZooKeeper.start(Map.of(
                        "dataDir",
                        dir.resolve("zookeeper").toString(),
                        "clientPort",
                        "0",
                        "clientPortAddress",
                        "127.0.0.1"));
                BrokerServer broker = BrokerServer.start(BrokerConfig.of(Map.of(
                        "broker.id", "1",
                        "listeners", "PLAINTEXT://127.0.0.1:0",
                        "log.dirs", dir.resolve("logs").toString(),
                        "log.dir.free.bytes.min", "0",
                        "zookeeper.connect", "127.0.0.1:" + zooKeeper.port())))) {
            String brokers = "127.0.0.1:" + broker.port();
            try (RegistryProcess registry = RegistryProcess.start(brokers);
                    Admin admin = Admin.create(ClientConfig.of(brokers));
                    GroupAdmin groups = GroupAdmin.create(ClientConfig.of(brokers))) {
                String url = registry.url();
                admin.createTopic(new NewTopic(AccessLog.TOPIC, OptionalInt.of(2), OptionalInt.of(1), Map.of()));
                produce(brokers, url, EVENTS);
                String[] args = {
                    "--set", "bootstrap.servers=" + brokers,
                    "--set", "schema.registry.url=" + url,
                    "--set", "zookeeper.connect=127.0.0.1:" + zooKeeper.port(),
                    "--set", "output.path=" + dir.resolve("out").toUri(),
                    "--output", "json"
                };

                assertThat(load(args)).startsWith("[{\"topic\":\"access-log\",\"rows\":5000,\"errors\":0,");
                assertThat(load(args)).startsWith("[{\"topic\":\"access-log\",\"rows\":0,\"errors\":0,");
                assertThat(groups.committed("tailrace-loader"))
                        .isEqualTo(Map.of(AccessLog.P0, EVENTS / 2L, AccessLog.P1, EVENTS / 2L));

                produce(brokers, url, 1);
                assertThat(load(args)).startsWith("[{\"topic\":\"access-log\",\"rows\":1,\"errors\":0,");

                replaceRows(brokers, url, dir.resolve("out"), args);
            }
        }
    }

    /** Loads records before their schema is registered, retries them, and loads an hour again that lost a file. */
    private static void replaceRows(String brokers, String url, Path out, String... args) throws IOException {
        SchemaRegistryClient registry = new HttpSchemaRegistryClient(URI.create(url), Duration.ofSeconds(10));
        int id = registry.register(SUBJECT, AccessLog.SCHEMA);
        produce(brokers, AccessLog.GROWN, id + 1, 3);
        assertThat(load(with(args, "--accept-errors"))).contains("\"rows\":0,\"errors\":3,");
        assertThat(load(with(args, "--retry-errors"))).contains("\"rows\":0,\"errors\":3,");
        assertThat(registry.register(SUBJECT, AccessLog.GROWN)).isEqualTo(id + 1);
        assertThat(load(with(args, "--retry-errors"))).contains("\"rows\":3,\"errors\":0,");
        assertThat(load(with(args, "--retry-errors"))).contains("\"rows\":0,\"errors\":0,");

        try (Stream<Path> files = Files.list(out.resolve("access-log/dt=2015-05-17/hr=10"))) {
            Files.delete(files.sorted().findFirst().orElseThrow());
        }
        String[] reload = with(args, "--topic", AccessLog.TOPIC, "--from-hour", "2015-05-17T10");
        String before = "[{\"topic\":\"access-log\",\"table\":\"rows\",\"hour\":\"2015-05-17T10\",\"filesBefore\":";
        assertThat(run(new ReloadCommand(), with(reload, "--dry-run")))
                .startsWith(before)
                .contains("\"rowsBefore\":3604,", "\"rowsAfter\":null");
        assertThat(run(new ReloadCommand(), reload))
                .startsWith(before)
                .contains("\"rowsBefore\":3604,", "\"rowsAfter\":3604");
    }

    private static String[] with(String[] args, String... more) {
        return Stream.of(args, more).flatMap(Stream::of).toArray(String[]::new);
    }

    private static void produce(String brokers, String registryUrl, int count) {
        SchemaRegistryClient registry = new HttpSchemaRegistryClient(URI.create(registryUrl), Duration.ofSeconds(10));
        produce(brokers, AccessLog.SCHEMA, registry.register(SUBJECT, AccessLog.SCHEMA), count);
    }

    private static void produce(String brokers, Schema schema, int id, int count) {
        try (Producer producer = Producer.create(ProducerConfig.of(brokers))) {
            for (int i = 0; i < count; i++) {
                long timeMs = AccessLog.START.toEpochMilli() + i * 1_000L;
                var sent = producer.send(new ProducerRecord(
                        AccessLog.TOPIC,
                        OptionalInt.of(i % 2),
                        OptionalLong.of(timeMs),
                        null,
                        AccessLog.value(id, event(schema, timeMs)),
                        List.of()));
                assertThat(sent).isNotCompletedExceptionally();
            }
            producer.flush(Duration.ofMinutes(2));
        }
    }

    private static GenericRecord event(Schema schema, long timeMs) {
        GenericRecord event = AccessLog.event(schema, timeMs, 200);
        if (schema.getField("method") != null) {
            event.put("method", "PUT");
        }
        return event;
    }

    private static String load(String... args) {
        return run(new LoadCommand(), args);
    }

    private static String run(Object command, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine =
                CommandRunner.commandLine(command).setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        assertThat(commandLine.execute(args)).as(err.toString()).isZero();
        return out.toString();
    }
}
