package io.tailrace.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.tailrace.client.Admin;
import io.tailrace.client.ClientConfig;
import io.tailrace.client.NewTopic;
import io.tailrace.schemas.HttpSchemaRegistryClient;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The registry with a broker: two instances at once, a restart, unsuitable topics, and the process. */
class SchemaRegistryIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Pattern READY = Pattern.compile("is ready on port (\\d+)\\R");

    private static Path folder;
    private static RunningBroker broker;

    @BeforeAll
    static void startBroker(@TempDir Path temporary) throws Exception {
        folder = temporary;
        broker = RunningBroker.start(folder);
    }

    @AfterAll
    static void stopBroker() throws Exception {
        broker.close();
    }

    private static Admin admin() {
        return Admin.create(ClientConfig.of(broker.bootstrapServers()));
    }

    private static RegistryConfig config(String topic) {
        return config(broker, topic);
    }

    private static RegistryConfig config(RunningBroker broker, String topic) {
        return TestRegistry.config(broker.bootstrapServers(), topic, TIMEOUT, 1 << 20, false);
    }

    private static RegistryServer start(String topic) throws Exception {
        return start(broker, topic);
    }

    static RegistryServer start(RunningBroker broker, String topic) throws Exception {
        RegistryConfig config = config(broker, topic);
        return RegistryServer.start(config, TopicSchemaLog.open(config));
    }

    private static HttpSchemaRegistryClient client(RegistryServer server) {
        return new HttpSchemaRegistryClient(
                URI.create("http://127.0.0.1:" + server.address().getPort()), TIMEOUT);
    }

    private static Schema fixed(int size) {
        return Schema.createFixed("F", null, null, size);
    }

    @Test
    void twoInstancesAgreeAndARestartForgetsNothing() throws Exception {
        List<Integer> ids = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (RegistryServer one = start("two-instances");
                RegistryServer other = start("two-instances")) {
            List<HttpSchemaRegistryClient> clients = List.of(client(one), client(other));
            List<Future<Integer>> registered = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                int size = i + 1;
                HttpSchemaRegistryClient registry = clients.get(i % 2);
                registered.add(threads.submit(() -> registry.register("s" + size, fixed(size))));
            }
            for (Future<Integer> id : registered) {
                ids.add(id.get(1, TimeUnit.MINUTES));
            }
            assertThat(ids).doesNotHaveDuplicates();
        } finally {
            threads.shutdownNow();
        }
        try (RegistryServer again = start("two-instances")) {
            HttpSchemaRegistryClient registry = client(again);
            for (int i = 0; i < ids.size(); i++) {
                assertThat(registry.schema(ids.get(i))).isEqualTo(fixed(i + 1));
            }
        }
    }

    @Test
    void topicIsCreatedCompactedWithOnePartition() throws Exception {
        start("created").close();

        try (Admin admin = admin()) {
            assertThat(admin.describe(List.of("created")).values())
                    .singleElement()
                    .satisfies(topic -> assertThat(topic.partitions()).hasSize(1));
            assertThat(admin.topicConfig("created")).anySatisfy(entry -> assertThat(entry.name() + "=" + entry.value())
                    .isEqualTo("cleanup.policy=compact"));
        }
    }

    @Test
    void unsuitableTopicIsRefused() {
        try (Admin admin = admin()) {
            admin.createTopic(
                    new NewTopic("deleting", OptionalInt.of(1), OptionalInt.of(1), Map.of("cleanup.policy", "delete")));
            admin.createTopic(
                    new NewTopic("many", OptionalInt.of(2), OptionalInt.of(1), Map.of("cleanup.policy", "compact")));
        }
        assertThatIllegalStateException()
                .isThrownBy(() -> TopicSchemaLog.open(config("deleting")))
                .withMessageContaining("cleanup.policy=delete");
        assertThatIllegalStateException()
                .isThrownBy(() -> TopicSchemaLog.open(config("many")))
                .withMessageContaining("2 partitions");
    }

    @Test
    void processServesUntilSigtermAndExitsWithZero() throws Exception {
        Path log = folder.resolve("registry.out");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        SchemaRegistryCommand.class.getName(),
                        "--set",
                        "listeners=http://127.0.0.1:0",
                        "--set",
                        "kafkastore.bootstrap.servers=" + broker.bootstrapServers())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            URI url = await().until(() -> servedAt(log), uri -> uri.getPort() > 0);
            assertThat(new HttpSchemaRegistryClient(url, TIMEOUT).register("s", fixed(1)))
                    .isEqualTo(1);

            process.destroy();

            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(log)).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    private static URI servedAt(Path log) throws Exception {
        Matcher matcher = READY.matcher(Files.readString(log));
        return URI.create(matcher.find() ? "http://127.0.0.1:" + matcher.group(1) : "");
    }
}
