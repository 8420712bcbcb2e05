package io.tailrace.loader;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.Producer;
import io.tailrace.client.ProducerConfig;
import io.tailrace.client.ProducerRecord;
import io.tailrace.coordination.DevelopmentZooKeeper;
import io.tailrace.process.CommandRunner;
import io.tailrace.schemas.HttpSchemaRegistryClient;
import io.tailrace.schemas.SchemaRegistryClient;
import io.tailrace.server.BrokerServer;
import io.tailrace.server.config.BrokerConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine;

/** ZooKeeper and a broker in this process, a registry in another one, and the loader's commands. */
final class RunningCluster implements AutoCloseable {
    private final DevelopmentZooKeeper zooKeeper;
    private final BrokerServer broker;
    private final RegistryProcess registry;
    private final Path output;

    /** What a command printed, and its exit code. */
    record Printed(int exitCode, String out, String err) {}

    RunningCluster(Path dir) throws Exception {
        zooKeeper = DevelopmentZooKeeper.start(Map.of(
                "dataDir", dir.resolve("zookeeper").toString(), "clientPort", "0", "clientPortAddress", "127.0.0.1"));
        broker = BrokerServer.start(BrokerConfig.of(Map.of(
                "broker.id", "1",
                "listeners", "PLAINTEXT://127.0.0.1:0",
                "log.dirs", dir.resolve("logs").toString(),
                "log.dir.free.bytes.min", "0",
                "zookeeper.connect", "127.0.0.1:" + zooKeeper.port())));
        registry = RegistryProcess.start(brokers());
        output = dir.resolve("out");
    }

    String brokers() {
        return "127.0.0.1:" + broker.port();
    }

    Path output() {
        return output;
    }

    SchemaRegistryClient registry() {
        return new HttpSchemaRegistryClient(URI.create(registry.url()), Duration.ofSeconds(10));
    }

    /** Sends records and waits until they are acknowledged. */
    void produce(List<ProducerRecord> records) {
        try (Producer producer = Producer.create(ProducerConfig.of(brokers()))) {
            List<CompletableFuture<?>> sent = new ArrayList<>();
            records.forEach(record -> sent.add(producer.send(record)));
            producer.flush(Duration.ofMinutes(2));
            assertThat(sent).allSatisfy(each -> assertThat(each).isCompleted());
        }
    }

    /** Runs a command with the configuration of this cluster. */
    Printed run(Callable<Integer> command, String... args) {
        List<String> all = new ArrayList<>(List.of(
                "--set", "bootstrap.servers=" + brokers(),
                "--set", "schema.registry.url=" + registry.url(),
                "--set", "zookeeper.connect=127.0.0.1:" + zooKeeper.port(),
                "--set", "output.path=" + output.toUri()));
        all.addAll(List.of(args));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine =
                CommandRunner.commandLine(command).setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int exitCode = commandLine.execute(all.toArray(new String[0]));
        return new Printed(exitCode, out.toString(), err.toString());
    }

    @Override
    public void close() throws IOException {
        registry.close();
        broker.close();
        zooKeeper.close();
    }
}
