package io.tailrace.systemtests.conformance;

import static io.tailrace.systemtests.OurClients.bytes;
import static io.tailrace.systemtests.OurClients.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tailrace.client.Admin;
import io.tailrace.client.ConsumerRecord;
import io.tailrace.client.Header;
import io.tailrace.client.NewTopic;
import io.tailrace.client.ProducerRecord;
import io.tailrace.protocol.record.CompressionType;
import io.tailrace.systemtests.Command;
import io.tailrace.systemtests.LocalCluster;
import io.tailrace.systemtests.OurClients;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** kcat, a command-line client based on librdkafka, which is a third implementation of the protocol. */
class KcatConformanceIT {
    @RegisterExtension
    @Order(1)
    static final CompatibilityTable TABLE =
            CompatibilityTable.ofInstalled("kcat", "apt-get install kcat", KcatConformanceIT::version);

    @RegisterExtension
    @Order(2)
    static final LocalCluster CLUSTER =
            LocalCluster.ofBrokers(1, Map.of("group.initial.rebalance.delay.ms", "0", "num.partitions", "1"));

    private final OurClients ours = new OurClients(CLUSTER::bootstrapServers);
    private final String topic = "kcat-" + UUID.randomUUID();

    private static Optional<String> version() {
        return InstalledPrograms.output(Map.of(), List.of("kcat", "-V")).map(text -> {
            Matcher matcher =
                    Pattern.compile("Version (\\S+) .*librdkafka (\\S+)").matcher(text);
            return matcher.find() ? matcher.group(1) + " on librdkafka " + matcher.group(2) : "unknown";
        });
    }

    private Command kcat(String input, String... options) throws Exception {
        List<String> commandLine = new ArrayList<>(List.of("kcat", "-b", CLUSTER.bootstrapServers()));
        commandLine.addAll(List.of(options));
        return Command.run(input, Map.of(), commandLine);
    }

    /** All of partition 0 as kcat reads it, one line for each record. */
    private List<String> consume(String format) throws Exception {
        return kcat("", "-C", "-t", topic, "-p", "0", "-o", "beginning", "-e", "-q", "-f", format)
                .lines();
    }

    @Test
    @Operation("kcat -P -X transactional.id: one transaction")
    void sendsOneTransaction() throws Exception {
        List<String> values = numbers(100);
        kcat(String.join("\n", values), "-P", "-t", topic, "-p", "0", "-X", "transactional.id=" + topic)
                .requireSuccess();

        // A commit is answered once it is decided, which readers see a little later.
        await().untilAsserted(() -> assertThat(consume("%s\n")).isEqualTo(values));
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    @Operation("kcat -P: all compressions")
    void bothConsumersReadWhatKcatProduces(CompressionType codec) throws Exception {
        List<String> values = numbers(2_000);
        kcat(String.join("\n", values), "-P", "-t", topic, "-p", "0", "-z", codec.configName())
                .requireSuccess();

        assertThat(ours.values(topic)).isEqualTo(values);
        assertThat(consume("%o %s\n"))
                .isEqualTo(values.stream().map(value -> value + " " + value).toList());
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    @Operation("kcat -C: all compressions")
    void kcatReadsWhatOurProducerWrites(CompressionType codec) throws Exception {
        List<String> values = numbers(2_000);
        ours.send(
                values.stream()
                        .map(value -> ProducerRecord.of(topic, null, bytes(value)))
                        .toList(),
                codec);

        assertThat(consume("%s\n")).isEqualTo(values);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "all"})
    @Operation("kcat -P: acks 0, 1 and all")
    void kcatProducesWithEveryAcksSetting(String acks) throws Exception {
        createTopic(1, Map.of());
        kcat(String.join("\n", numbers(100)), "-P", "-t", topic, "-p", "0", "-X", "acks=" + acks)
                .requireSuccess();

        // Nothing is acknowledged with acks=0, so the records may still be on their way.
        await().until(() -> ours.values(topic).size() >= 100);
        assertThat(ours.values(topic)).isEqualTo(numbers(100));
    }

    @Test
    @Operation("kcat -P: idempotent")
    void kcatProducesIdempotently() throws Exception {
        kcat(String.join("\n", numbers(1_000)), "-P", "-t", topic, "-p", "0", "-X", "enable.idempotence=true")
                .requireSuccess();

        assertThat(ours.values(topic)).isEqualTo(numbers(1_000));
    }

    @Test
    @Operation("kcat -P: keys, headers and null values")
    void ourConsumerReadsKeysAndHeadersOfKcat() throws Exception {
        kcat("k1:v1\n", "-P", "-t", topic, "-p", "0", "-K", ":", "-H", "trace=7f", "-H", "host=web1")
                .requireSuccess();
        kcat(":\n", "-P", "-t", topic, "-p", "0", "-K", ":", "-Z").requireSuccess();
        List<ConsumerRecord> records = ours.readAll(topic, 1);

        assertThat(records).hasSize(2);
        assertThat(text(records.get(0).key())).isEqualTo("k1");
        assertThat(text(records.get(0).value())).isEqualTo("v1");
        assertThat(records.get(0).headers())
                .extracting(header -> header.key() + "=" + text(header.value()))
                .containsExactly("trace=7f", "host=web1");
        assertThat(records.get(1).key()).isNull();
        assertThat(records.get(1).value()).isNull();
    }

    @Test
    @Operation("kcat -C: keys, headers and timestamps")
    void kcatReadsKeysHeadersAndTimestampsOfOurProducer() throws Exception {
        ours.send(
                List.of(
                        record(1_234, bytes("k1"), List.of(new Header("trace", bytes("7f")))),
                        record(1_235, null, List.of())),
                CompressionType.NONE);

        assertThat(consume("%o %T %K %k %h %s\n")).containsExactly("0 1234 2 k1 trace=7f v", "1 1235 -1   v");
    }

    private ProducerRecord record(long timestampMs, byte @Nullable [] key, List<Header> headers) {
        return new ProducerRecord(topic, OptionalInt.of(0), OptionalLong.of(timestampMs), key, bytes("v"), headers);
    }

    private void createTopic(int partitions, Map<String, String> config) {
        try (Admin admin = ours.admin()) {
            admin.createTopic(new NewTopic(topic, OptionalInt.of(partitions), OptionalInt.of(1), config));
        }
    }

    @Test
    @Operation("kcat -L")
    void kcatListsTheCluster() throws Exception {
        createTopic(3, Map.of());
        JsonNode listing = new ObjectMapper().readTree(kcat("", "-L", "-J").requireSuccess());
        JsonNode found = Stream.of(listing.get("topics"))
                .flatMap(topics -> IntStream.range(0, topics.size()).mapToObj(topics::get))
                .filter(each -> each.get("topic").asText().equals(topic))
                .findAny()
                .orElseThrow();

        assertThat(listing.at("/brokers/0/id").asInt()).isEqualTo(1);
        assertThat(listing.at("/brokers/0/name").asText()).isEqualTo(CLUSTER.bootstrapServers());
        assertThat(listing.at("/controllerid").asInt()).isEqualTo(1);
        assertThat(found.get("partitions")).hasSize(3);
        assertThat(found.at("/partitions/2/leader").asInt()).isEqualTo(1);
        assertThat(found.at("/partitions/2/isrs/0/id").asInt()).isEqualTo(1);
    }

    @Test
    @Operation("kcat -Q, and -C from an offset or time")
    void kcatFindsOffsetsByTimeAndReadsFromThere() throws Exception {
        ours.send(
                IntStream.range(0, 10)
                        .mapToObj(i -> record(1_000 + i, null, List.of()))
                        .toList(),
                CompressionType.NONE);

        assertThat(kcat("", "-Q", "-t", topic + ":0:1006").lines()).containsExactly(topic + " [0] offset 6");
        assertThat(kcat("", "-Q", "-t", topic + ":0:-1").lines()).containsExactly(topic + " [0] offset 10");
        assertThat(kcat("", "-Q", "-t", topic + ":0:-2").lines()).containsExactly(topic + " [0] offset 0");
        assertThat(kcat("", "-C", "-t", topic, "-p", "0", "-o", "-3", "-e", "-q", "-f", "%o\n")
                        .lines())
                .containsExactly("7", "8", "9");
        assertThat(kcat("", "-C", "-t", topic, "-p", "0", "-o", "s@1008", "-e", "-q", "-f", "%o\n")
                        .lines())
                .containsExactly("8", "9");
    }

    @Test
    @Operation("kcat -G: resume after a commit")
    void kcatReadsInAGroupAndResumesWhereTheGroupLeftOff() throws Exception {
        kcat(String.join("\n", numbers(100)), "-P", "-t", topic).requireSuccess();

        assertThat(consumeInGroup()).containsExactlyInAnyOrderElementsOf(numbers(100));

        kcat("later\n", "-P", "-t", topic).requireSuccess();
        assertThat(consumeInGroup()).containsExactly("later");
    }

    /** What is new to the group. kcat leaves the group when it has reached the end of all partitions. */
    private List<String> consumeInGroup(String... more) throws Exception {
        List<String> options = new ArrayList<>(
                List.of("-G", "group-of-" + topic, "-e", "-q", "-f", "%s\n", "-X", "auto.offset.reset=earliest"));
        options.addAll(List.of(more));
        options.add(topic);
        return kcat("", options.toArray(String[]::new)).lines();
    }

    @Test
    @Operation("kcat -G: regular expression")
    void kcatSubscribesByPattern() throws Exception {
        for (String each : List.of(topic + "-a", topic + "-b", "not-" + topic)) {
            kcat(each, "-P", "-t", each).requireSuccess();
        }

        assertThat(kcat(
                                "",
                                "-G",
                                "group-of-" + topic,
                                "-e",
                                "-q",
                                "-X",
                                "auto.offset.reset=earliest",
                                "^" + topic + "-.*")
                        .lines())
                .containsExactlyInAnyOrder(topic + "-a", topic + "-b");
    }

    @Test
    @Operation("kcat -P: a message that is too large, and the next one")
    void kcatReportsAMessageThatIsTooLarge() throws Exception {
        createTopic(1, Map.of("max.message.bytes", "1000"));
        // Without batching, so that the refusal concerns one message alone.
        Command refused = kcat("x".repeat(5_000) + "\nsmall\n", "-P", "-t", topic, "-X", "batch.num.messages=1");

        assertThat(refused.err()).contains("Message size too large");
        assertThat(ours.values(topic)).doesNotContain("x".repeat(5_000));
        kcat("next\n", "-P", "-t", topic).requireSuccess();
        assertThat(ours.values(topic)).endsWith("next");
    }

    @Test
    @Operation("kcat -C: an unknown partition")
    void kcatReportsAnUnknownPartition() throws Exception {
        createTopic(1, Map.of());
        Command refused = kcat("", "-C", "-t", topic, "-p", "7", "-o", "beginning", "-e");

        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.err()).contains("partition 7 does not exist");
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(String::valueOf).toList();
    }
}
