package io.tailrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tailrace.schemas.FramedAvroDecoder;
import io.tailrace.schemas.FramedAvroDecoder.Decoded;
import io.tailrace.schemas.HttpSchemaRegistryClient;
import io.tailrace.schemas.SchemaRegistryClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The agent's Debian package on a fresh Debian, as a service of its systemd, beside its nginx and logrotate. */
class AgentPackageIT {
    private static final String CONFIGURATION = "/etc/tailrace/agent.properties";
    private static final String STATE = "/var/lib/tailrace";
    private static final String CHECKPOINT = STATE + "/agent/checkpoint.json";
    private static final Duration WAIT_MAX = Duration.ofMinutes(4);
    private static final String DROP_INS = "/etc/systemd/system/tailrace-agent.service.d";

    @RegisterExtension
    static final LocalCluster CLUSTER = LocalCluster.ofOneBroker();

    private static @Nullable ServerProcess registry;
    private static @Nullable DebianContainer debian;
    private static int registryPort;
    private static int nginxPort;

    private final String topic = "access-log-" + UUID.randomUUID();
    private final OurClients ours = new OurClients(CLUSTER::bootstrapServers);
    private final HttpClient browser = HttpClient.newHttpClient();
    private final List<String> requested = new ArrayList<>();

    @BeforeAll
    static void boot() throws Exception {
        Optional<String> obstacle = DebianContainer.obstacle();
        assumeTrue(obstacle.isEmpty(), obstacle::orElseThrow);
        Path root = CLUSTER.folder().resolve("debian");
        Command installed =
                DebianContainer.install(root, List.of("adduser", "default-jre-headless", "nginx-light", "logrotate"));
        assumeTrue(installed.exitCode() == 0, () -> "no Debian could be downloaded: " + installed.err());
        nginxPort = freePort();
        Files.writeString(
                root.resolve("etc/nginx/sites-available/default"),
                "server { listen 127.0.0.1:%d; location / { return 200; } }%n".formatted(nginxPort));
        Files.copy(Command.artifact("tailrace-agent_*.deb"), root.resolve("root/agent.deb"));
        // So that a failure shows the agent's log.
        Files.writeString(root.resolve("etc/systemd/journald.conf"), "[Journal]\nForwardToConsole=yes\n");
        debian = DebianContainer.boot(root, CLUSTER.folder().resolve("debian.log"));
        registry = ServerProcess.start(
                CLUSTER.folder().resolve("schema-registry.log"),
                List.of(
                        "schema-registry",
                        "--set",
                        "kafkastore.bootstrap.servers=" + CLUSTER.bootstrapServers(),
                        "--set",
                        "listeners=http://127.0.0.1:0"));
        registryPort = registry.awaitPort();
    }

    @AfterAll
    static void shutDown() throws Exception {
        if (registry != null) {
            registry.close();
        }
        if (debian != null) {
            debian.close();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    @BeforeEach
    void install() throws Exception {
        new KafkaClients(CLUSTER::bootstrapServers).createTopic(topic, 1);
        debian().shell("rm -f /var/log/nginx/access.log*; systemctl restart nginx; dpkg -i /root/agent.deb");
    }

    @AfterEach
    void purge() throws Exception {
        debian().shell("dpkg -P tailrace-agent; rm -rf " + DROP_INS + "; systemctl reset-failed");
    }

    @Test
    void everyRequestIsSentOnceWhileLogrotateRotates() throws Exception {
        configure();
        debian().shell("systemctl enable --now tailrace-agent");

        for (int rotation = 0; rotation < 5; rotation++) {
            CompletableFuture<Void> requests = CompletableFuture.runAsync(() -> request(200));
            debian().shell("logrotate --force /etc/logrotate.conf");
            requests.get();
        }

        assertThat(debian().shell("ls /var/log/nginx"))
                .contains("access.log.1\n", "access.log.2.gz\n", "access.log.3.gz\n", "access.log.4.gz\n");
        assertRequestsAreSentOnce();
        assertThat(sent("host")).containsOnly(debian().shell("uname -n"));
        debian().shell("systemctl stop tailrace-agent");
        assertThat(property("Result")).isEqualTo("success");
        assertThat(property("ExecMainStatus")).isEqualTo("0");
    }

    @Test
    void upgradeGoesOnAtTheCheckpointAndAPurgeLeavesNothing() throws Exception {
        assertThat(debian().shell("systemctl is-enabled tailrace-agent || systemctl is-active tailrace-agent || true"))
                .as("a new installation, which has no brokers yet")
                .isEqualTo("disabled\ninactive");
        assertThat(debian().shell("systemd-analyze verify tailrace-agent.service 2>&1"))
                .as("what systemd says about the unit")
                .isEmpty();
        assertThat(debian().shell("stat -c '%U:%G %a' " + STATE + " " + CONFIGURATION))
                .isEqualTo("tailrace:tailrace 750\nroot:root 644");
        assertThat(debian().shell("id -nG tailrace")).isEqualTo("tailrace adm");
        configure();
        debian().shell("systemctl enable --now tailrace-agent");
        request(100);
        assertRequestsAreSentOnce();
        String process = property("MainPID");

        debian().shell("""
                cd /root; rm -rf unpacked; dpkg-deb -R agent.deb unpacked
                sed -i 's/^Version: .*/Version: 99/' unpacked/DEBIAN/control
                echo '# a new default' >> unpacked%s
                dpkg-deb --root-owner-group -Znone -b unpacked newer.deb
                dpkg -i --force-confold newer.deb""".formatted(CONFIGURATION));
        assertThat(debian().shell("dpkg-query -W -f='${Version} ${db:Status-Status}' tailrace-agent"))
                .isEqualTo("99 installed");
        assertThat(property("ActiveState")).isEqualTo("active");
        assertThat(property("MainPID")).isNotEqualTo(process);
        request(100);
        assertRequestsAreSentOnce();

        debian().shell("dpkg -r tailrace-agent");
        assertThat(debian().run("pgrep", "-u", "tailrace").out())
                .as("processes")
                .isEmpty();
        assertThat(debian().has("/usr/share/tailrace")).isFalse();
        assertThat(debian().shell("cat " + CONFIGURATION)).contains(CLUSTER.bootstrapServers());
        assertThat(debian().has(CHECKPOINT)).isTrue();

        debian().shell("dpkg -P tailrace-agent");
        assertThat(
                        debian().shell(
                                        "find / -xdev -path /root -prune -o -name '*tailrace*' -print; getent passwd tailrace || getent group tailrace || true"))
                .as("files, user and group")
                .isEmpty();
    }

    @Test
    void crashedAgentIsStartedAgainAndOneWithAWrongConfigurationIsNot() throws Exception {
        configure();
        debian().shell("echo batch.bytes=many >> " + CONFIGURATION);
        debian().run("systemctl", "start", "tailrace-agent");
        await("the end of the service").atMost(WAIT_MAX).until(() -> property("ActiveState")
                .equals("failed"));
        assertThat(property("ExecMainStatus")).isEqualTo("2");
        assertThat(debian().shell("journalctl -u tailrace-agent -n 20"))
                .contains(CONFIGURATION + ": batch.bytes=many: expected a whole number");

        debian().shell("sed -i '/^batch.bytes=many/d' " + CONFIGURATION);
        dropIn("RestartSec=100ms");
        debian().shell("systemctl start tailrace-agent");
        request(100);
        assertRequestsAreSentOnce();

        debian().shell("systemctl kill --signal=KILL tailrace-agent");
        await("another start").atMost(WAIT_MAX).until(() -> property("NRestarts")
                .equals("1"));
        request(100);
        await("all requests").atMost(WAIT_MAX).untilAsserted(() -> assertThat(sent("path"))
                .containsAll(requested));
    }

    /** As on a machine whose /tmp is mounted noexec: the library that compresses cannot be loaded. */
    @Test
    void agentThatCannotSendEnds() throws Exception {
        configure();
        dropIn("RestartSec=100ms\\nEnvironment=TAILRACE_OPTS=-Djava.io.tmpdir=/nowhere");
        request(1);

        debian().shell("systemctl start tailrace-agent");
        await("another start").atMost(WAIT_MAX).until(() -> !property("NRestarts")
                .equals("0"));
        debian().shell("systemctl stop tailrace-agent");
        assertThat(debian().shell("journalctl -u tailrace-agent -n 500"))
                .contains("thread failed, the agent ends", "Main process exited, code=exited, status=1");
    }

    /** As {@code systemctl edit} does. */
    private static void dropIn(String lines) throws Exception {
        debian().shell("mkdir -p %s; printf '[Service]\\n%s\\n' > %s/test.conf; systemctl daemon-reload"
                .formatted(DROP_INS, lines, DROP_INS));
    }

    @Test
    void commandOfThePackageRunsAsTheServiceDoes() throws Exception {
        configure();
        request(100);

        debian().shell("tailrace-agent --once");

        assertRequestsAreSentOnce();
        assertThat(debian().shell("find /var/lib/tailrace ! -user tailrace")).isEmpty();
        Command broker = debian().run("/usr/share/tailrace/scripts/tailrace", "broker");
        assertThat(broker.exitCode()).isEqualTo(2);
        assertThat(broker.err()).contains("/usr/share/tailrace has only the agent");
    }

    private void configure() throws Exception {
        debian().shell("""
                sed -i -e 's|^bootstrap.servers=.*|bootstrap.servers=%s|' \\
                  -e 's|^schema.registry.url=.*|schema.registry.url=http://127.0.0.1:%d|' \\
                  -e 's|^source.web.paths=.*|source.web.paths=/var/log/nginx/access.log*|' \\
                  -e 's|^#source.web.topic=.*|source.web.topic=%s|' %s""".formatted(CLUSTER.bootstrapServers(), registryPort, topic, CONFIGURATION));
    }

    /** Asks nginx for pages that nobody has asked for before. */
    private void request(int count) {
        for (int i = 0; i < count; i++) {
            String path = "/" + requested.size();
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + nginxPort + path))
                    .build();
            assertThat(browser.sendAsync(request, BodyHandlers.discarding())
                            .join()
                            .statusCode())
                    .isEqualTo(200);
            requested.add(path);
        }
    }

    private void assertRequestsAreSentOnce() {
        await("all requests").atMost(WAIT_MAX).until(() -> ours.count(topic, 1) >= requested.size());
        assertThat(sent("path")).containsExactlyInAnyOrderElementsOf(requested);
    }

    /** One field of each record in the topic. */
    private List<String> sent(String field) {
        SchemaRegistryClient schemas =
                new HttpSchemaRegistryClient(URI.create("http://127.0.0.1:" + registryPort), Duration.ofSeconds(10));
        FramedAvroDecoder decoder = new FramedAvroDecoder(schemas, Optional.empty());
        return ours.readAll(topic, 1).stream()
                .map(record -> (Decoded.Value) decoder.decode(record.value()))
                .map(decoded -> ((GenericRecord) decoded.value()).get(field).toString())
                .toList();
    }

    private static String property(String name) throws Exception {
        return debian().shell("systemctl show --value -p " + name + " tailrace-agent");
    }

    private static DebianContainer debian() {
        return Objects.requireNonNull(debian);
    }
}
