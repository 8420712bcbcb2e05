package io.tailrace.systemtests.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.client.Admin;
import io.tailrace.client.ConsumerRecord;
import io.tailrace.client.NewTopic;
import io.tailrace.client.ProducerRecord;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.CompressionType;
import io.tailrace.systemtests.LocalBroker;
import io.tailrace.systemtests.LocalCluster;
import io.tailrace.systemtests.OurClients;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A private rsyslogd, with its own configuration and files, that sends lines of a file and a socket and reads a topic. */
@SuppressWarnings("NullAway.Init") // JUnit sets the folder
class RsyslogConformanceIT {
    private static final int PARTITIONS = 3;

    @RegisterExtension
    @Order(1)
    static final CompatibilityTable TABLE = CompatibilityTable.ofInstalled(
            "rsyslog-kafka", "apt-get install rsyslog rsyslog-kafka", RsyslogConformanceIT::version);

    @RegisterExtension
    @Order(2)
    static final LocalCluster CLUSTER = LocalCluster.ofBrokers(1, Map.of("group.initial.rebalance.delay.ms", "0"));

    /** Short, because the path of a socket has at most 107 characters. */
    @TempDir
    static Path sockets;

    private static @Nullable Process rsyslog;

    private final OurClients ours = new OurClients(CLUSTER::bootstrapServers);

    private static Optional<String> version() {
        boolean hasModule = Stream.of(
                        "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib", "/usr/lib64")
                .anyMatch(folder -> Files.exists(Path.of(folder, "rsyslog", "omkafka.so")));
        return hasModule
                ? InstalledPrograms.output(Map.of(), List.of("/usr/sbin/rsyslogd", "-v"))
                        .map(text -> {
                            Matcher matcher =
                                    Pattern.compile("rsyslogd +(\\S+)").matcher(text);
                            return matcher.find() ? matcher.group(1) : "unknown";
                        })
                : Optional.empty();
    }

    @BeforeAll
    static void startRsyslog() throws Exception {
        Path folder = CLUSTER.folder();
        Files.createDirectory(folder.resolve("rsyslog"));
        try (Admin admin = new OurClients(CLUSTER::bootstrapServers).admin()) {
            for (String topic : List.of("lines", "socket", "outage", "read")) {
                admin.createTopic(new NewTopic(topic, OptionalInt.of(PARTITIONS), OptionalInt.of(1), Map.of()));
            }
        }
        String config = Files.readString(Path.of(ClientProcess.script("rsyslog/rsyslog.conf")))
                .replace("${folder}", folder.toString())
                .replace("${sockets}", sockets.toString())
                .replace("${bootstrap.servers}", CLUSTER.bootstrapServers());
        Path file = Files.writeString(folder.resolve("rsyslog.conf"), config);
        for (String input : List.of("lines", "outage")) {
            Files.createFile(folder.resolve(input + ".txt"));
        }
        Process started = new ProcessBuilder(
                        "/usr/sbin/rsyslogd",
                        "-n",
                        "-f",
                        file.toString(),
                        "-i",
                        folder.resolve("rsyslog.pid").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("rsyslog.log").toFile())
                .start();
        rsyslog = started;
        await("rsyslog to listen").failFast(() -> !started.isAlive()).until(() -> Files.exists(sockets.resolve("in")));
    }

    @AfterAll
    static void stopRsyslog() throws InterruptedException {
        if (rsyslog != null) {
            rsyslog.destroy();
            if (!rsyslog.waitFor(30, TimeUnit.SECONDS)) {
                rsyslog.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
            }
        }
    }

    private static void append(String input, List<String> lines) throws IOException {
        Files.write(CLUSTER.folder().resolve(input + ".txt"), lines, StandardOpenOption.APPEND);
    }

    private List<ConsumerRecord> awaitRecords(String topic, Predicate<List<ConsumerRecord>> enough) {
        return await("records of " + topic).until(() -> ours.readAll(topic, PARTITIONS), enough);
    }

    private static List<String> values(List<ConsumerRecord> records) {
        return records.stream().map(record -> OurClients.text(record.value())).toList();
    }

    @Test
    @Operation("omkafka: lines of a file, with keys")
    void sendsLinesOfAFileByTheirKeys() throws Exception {
        List<String> lines = IntStream.range(0, 300)
                .mapToObj(i -> "host" + i % 5 + " GET /" + i)
                .toList();
        append("lines", lines);
        List<ConsumerRecord> records = awaitRecords("lines", found -> found.size() >= lines.size());

        assertThat(values(records)).containsExactlyInAnyOrderElementsOf(lines);
        for (int host = 0; host < 5; host++) {
            String key = "host" + host;
            List<ConsumerRecord> ofHost = records.stream()
                    .filter(record -> OurClients.text(record.key()).equals(key))
                    .toList();
            assertThat(ofHost)
                    .extracting(ConsumerRecord::topicPartition)
                    .containsOnly(ofHost.get(0).topicPartition());
            assertThat(values(ofHost))
                    .isEqualTo(
                            lines.stream().filter(line -> line.startsWith(key)).toList());
        }
    }

    @Test
    @Operation("omkafka: messages of a socket, to a fixed partition")
    void sendsMessagesOfASocketToAFixedPartition() throws Exception {
        Instant first = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(60);
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(sockets.resolve("in")));
            channel.write(
                    ByteBuffer.wrap("""
                    <13>%s web1 app: first
                    <13>%s web1 app: second
                    """.formatted(first, first.plusSeconds(1)).getBytes(UTF_8)));
        }
        List<ConsumerRecord> records = awaitRecords("socket", found -> found.size() >= 2);

        assertThat(values(records)).containsExactly("web1 app first", "web1 app second");
        assertThat(records).extracting(ConsumerRecord::topicPartition).containsOnly(new TopicPartition("socket", 2));
        assertThat(records).extracting(ConsumerRecord::key).containsOnlyNulls();
        assertThat(records)
                .extracting(ConsumerRecord::timestampMs)
                .as("the messages' own times")
                .containsExactly(first.toEpochMilli(), first.plusSeconds(1).toEpochMilli());
    }

    @Test
    @Operation("omkafka: the broker is down for a while")
    void resumesWhenTheBrokerIsBack() throws Exception {
        List<String> lines = IntStream.range(0, 300).mapToObj(i -> "k " + i).toList();
        append("outage", lines.subList(0, 100));
        awaitRecords("outage", found -> found.size() >= 100);

        LocalBroker broker = CLUSTER.broker(1);
        broker.kill9();
        append("outage", lines.subList(100, 200));
        broker.restart();
        append("outage", lines.subList(200, 300));
        List<ConsumerRecord> records =
                awaitRecords("outage", found -> values(found).containsAll(lines));

        assertThat(values(records).stream().distinct()).containsExactlyInAnyOrderElementsOf(lines);
    }

    @Test
    @Operation("imkafka: reads a topic in a group")
    void readsATopic() throws IOException {
        List<String> values =
                IntStream.range(0, 100).mapToObj(i -> "value " + i).toList();
        ours.send(
                values.stream()
                        .map(value -> ProducerRecord.of("read", null, OurClients.bytes(value)))
                        .toList(),
                CompressionType.ZSTD);
        Path output = CLUSTER.folder().resolve("read.txt");

        await("lines of " + output)
                .until(() -> Files.exists(output) && Files.readString(output).split("\n", -1).length > values.size());
        assertThat(Files.readAllLines(output)).containsExactlyInAnyOrderElementsOf(values);
    }
}
