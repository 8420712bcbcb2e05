package io.tailrace.systemtests.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.tailrace.client.ConsumerRecord;
import io.tailrace.client.ProducerRecord;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.CompressionType;
import io.tailrace.systemtests.OurClients;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every client does that a script drives. Subclasses add what a client has beyond. */
abstract class ScriptedClientContract extends ScriptedClientFixture {
    private static final int UNKNOWN_TOPIC_OR_PARTITION = 3;
    private static final int MESSAGE_TOO_LARGE = 10;
    private static final int TOPIC_ALREADY_EXISTS = 36;
    private static final int INVALID_PARTITIONS = 37;

    private String compressionNames() {
        return compressions().stream().sorted().map(CompressionType::configName).collect(Collectors.joining(", "));
    }

    @Test
    void producesWithEveryCompression() {
        for (CompressionType compression : compressions()) {
            TopicPartition each = new TopicPartition(topic + compression, 0);
            client.createTopic(each.topic(), 1, Map.of());
            client.produce(each, numbers(0, 500), Map.of("compression", compression.configName()));

            assertThat(ours.values(each.topic())).as(compression.name()).isEqualTo(numbers(0, 500));
            assertThat(values(client.readAll(each, 500))).as(compression.name()).isEqualTo(numbers(0, 500));
        }
        table().record("producer: compression", compressionNames());
    }

    @Test
    void consumesEveryCompression() {
        for (CompressionType compression : compressions()) {
            ours.send(
                    numbers(0, 100).stream()
                            .map(value -> ProducerRecord.of(topic, null, OurClients.bytes(value)))
                            .toList(),
                    compression);
        }

        List<String> expected = new ArrayList<>();
        compressions().forEach(compression -> expected.addAll(numbers(0, 100)));
        assertThat(values(client.readAll(partition, expected.size()))).isEqualTo(expected);
        table().record("consumer: compression", compressionNames());
    }

    @Test
    @Operation("producer: acks 0, 1 and all")
    void producesWithEveryAcks() {
        client.createTopic(topic, 1, Map.of());

        assertThat(client.produce(partition, numbers(0, 100), Map.of("acks", "1"))
                        .baseOffset())
                .hasValue(0);
        assertThat(client.produce(partition, numbers(100, 200), Map.of("acks", "all"))
                        .baseOffset())
                .hasValue(100);
        assertThat(client.produce(partition, numbers(200, 300), Map.of("acks", "0"))
                        .baseOffset())
                .isEmpty();
        assertThat(values(client.readAll(partition, 300))).isEqualTo(numbers(0, 300));
    }

    @Test
    @Operation("records: keys, headers, timestamps and null values")
    void keepsAllThatARecordHas() {
        client.createTopic(topic, 2, Map.of());
        TopicPartition second = new TopicPartition(topic, 1);
        client.produce(
                List.of(
                        ScriptedClient.record(
                                second,
                                "v",
                                Map.of(
                                        "key",
                                        "k",
                                        "timestamp",
                                        1_234,
                                        "headers",
                                        List.of(List.of("a", "1"), List.of("a", "2"), List.of("b", "3")))),
                        ScriptedClient.record(second, null, Map.of("key", "k", "timestamp", 1_235))),
                Map.of());

        assertThat(client.readAll(second, 2))
                .containsExactly(
                        new ScriptedClient.Read(second, 0, 1_234, "k", "v", List.of("a=1", "a=2", "b=3")),
                        new ScriptedClient.Read(second, 1, 1_235, "k", null, List.of()));
        List<ConsumerRecord> records = ours.readAll(topic, 2);
        assertThat(records).extracting(ConsumerRecord::timestampMs).containsExactly(1_234L, 1_235L);
        assertThat(records.get(0).headers())
                .extracting(header -> header.key() + "=" + OurClients.text(header.value()))
                .containsExactly("a=1", "a=2", "b=3");
        assertThat(records.get(1).value()).isNull();
    }

    @Test
    @Operation("producer: a message that is too large, and the next ones")
    void reportsAMessageThatIsTooLargeAndGoesOn() {
        client.createTopic(topic, 1, Map.of("max.message.bytes", "1000"));

        assertThat(client.produce(partition, List.of("x".repeat(5_000)), Map.of())
                        .errors())
                .containsExactly(MESSAGE_TOO_LARGE);
        assertThat(client.produce(partition, numbers(0, 3), Map.of()).errors()).isEmpty();
        assertThat(values(client.readAll(partition, 3))).isEqualTo(numbers(0, 3));
    }

    @Test
    @Operation("producer: an invalid topic, and the next one")
    void reportsAnInvalidTopicAndGoesOn() {
        assertThat(client.produce(new TopicPartition("in/valid", 0), List.of("x"), Map.of())
                        .errors())
                .containsExactly(invalidTopicCode());

        client.produce(partition, numbers(0, 3), Map.of());
        assertThat(values(client.readAll(partition, 3))).isEqualTo(numbers(0, 3));
    }

    @Test
    @Operation("consumer: from the beginning, the end and an offset")
    void readsFromAnyPlace() {
        client.produce(partition, numbers(0, 10), Map.of());

        assertThat(values(client.readAll(partition, 10))).isEqualTo(numbers(0, 10));
        client.openAt("middle", partition, 7);
        assertThat(offsets(client.read("middle", 3))).containsExactly(7L, 8L, 9L);
        client.close("middle");

        client.openAt("end", partition, "end");
        List<ScriptedClient.Read> read = new ArrayList<>();
        // The consumer may look up the end at any time after it was opened: records are sent until one comes.
        await().until(() -> {
            client.produce(partition, List.of("new"), Map.of());
            read.addAll(client.readWithin("end", 1, 1));
            return !read.isEmpty();
        });
        assertThat(values(read)).containsOnly("new");
        client.close("end");
    }

    @Test
    @Operation("consumer: seek")
    void seeks() {
        client.produce(partition, numbers(0, 10), Map.of());
        client.openAt("seeking", partition, "beginning");
        assertThat(offsets(client.read("seeking", 10))).hasSize(10);

        client.seek("seeking", partition, 6);
        assertThat(offsets(client.read("seeking", 4))).endsWith(6L, 7L, 8L, 9L);
        client.close("seeking");
    }

    @Test
    @Operation("group: two members share the partitions, and one takes over")
    void membersShareThePartitions() {
        String group = "g-" + topic;
        client.createTopic(topic, 4, Map.of());
        subscribe("a", group);
        awaitAssigned("a", 4);
        subscribe("b", group);
        awaitAssigned("b", 2);
        awaitAssigned("a", 2);
        Set<TopicPartition> shared = new TreeSet<>(client.assignment("a"));
        shared.addAll(client.assignment("b"));
        assertThat(shared).isEqualTo(partitions(4));

        shared.forEach(each -> client.produce(each, numbers(0, 10), Map.of()));
        for (String member : List.of("a", "b")) {
            List<ScriptedClient.Read> read = client.read(member, 20);
            for (TopicPartition each : client.assignment(member)) {
                assertThat(read.stream().filter(record -> record.partition().equals(each)))
                        .extracting(ScriptedClient.Read::value)
                        .isEqualTo(numbers(0, 10));
                client.commit(member, each, 10);
            }
            assertThat(read).hasSize(20);
        }

        client.close("a");
        awaitAssigned("b", 4);
        partitions(4).forEach(each -> client.produce(each, List.of("last"), Map.of()));
        List<ScriptedClient.Read> last = client.read("b", 4);
        assertThat(values(last)).containsExactly("last", "last", "last", "last");
        assertThat(last).extracting(ScriptedClient.Read::partition).containsExactlyInAnyOrderElementsOf(partitions(4));
        client.close("b");
    }

    @Test
    @Operation("group: commit an offset and resume from it")
    void resumesFromACommittedOffset() {
        String group = "g-" + topic;
        client.produce(partition, numbers(0, 10), Map.of());
        subscribe("first", group);
        client.read("first", 10);
        client.commit("first", partition, 5);
        client.close("first");

        assertThat(client.committed(group, partition)).hasValue(5);
        assertThat(client.committed(group, new TopicPartition(topic, 1))).isEmpty();
        subscribe("second", group);
        assertThat(offsets(client.read("second", 5))).containsExactly(5L, 6L, 7L, 8L, 9L);
        client.close("second");
    }

    @Test
    @Operation("group: automatic commits")
    void commitsAutomatically() {
        Map<String, Object> how = Map.of("topics", List.of(topic), "auto_commit", true);
        client.produce(partition, numbers(0, 10), Map.of());
        client.open("first", "g-" + topic, how);
        assertThat(client.read("first", 10)).hasSize(10);
        client.close("first");

        client.produce(partition, List.of("later"), Map.of());
        client.open("second", "g-" + topic, how);
        assertThat(values(client.read("second", 1))).containsExactly("later");
        client.close("second");
    }

    @Test
    @Operation("group: subscribe by a regular expression")
    void subscribesByPattern() {
        for (String each : List.of(topic + "-a", topic + "-b", "not-" + topic)) {
            client.produce(new TopicPartition(each, 0), List.of(each), Map.of());
        }
        client.open("patterned", "g-" + topic, Map.of("pattern", topic + "-.*"));

        assertThat(values(client.read("patterned", 2))).containsExactlyInAnyOrder(topic + "-a", topic + "-b");
        assertThat(client.assignment("patterned"))
                .containsExactly(new TopicPartition(topic + "-a", 0), new TopicPartition(topic + "-b", 0));
        client.close("patterned");
    }

    @Test
    @Operation("admin: create, list, describe and delete topics")
    void createsAndDeletesTopics() {
        client.createTopic(topic, 2, Map.of("retention.ms", "1234567"));

        assertThat(client.topics()).contains(topic);
        assertThat(client.describe(topic))
                .extracting(ScriptedClient.Replicas::partition)
                .containsExactly(0, 1);
        assertThat(client.describe(topic)).allSatisfy(partition -> {
            assertThat(partition.replicas()).containsExactly(partition.leader());
            assertThat(partition.inSync()).containsExactly(partition.leader());
        });
        assertThat(client.config(topic, "retention.ms")).isEqualTo("1234567");
        assertRefused(TOPIC_ALREADY_EXISTS, () -> client.createTopic(topic, 2, Map.of()));

        client.deleteTopic(topic);
        assertThat(client.topics()).doesNotContain(topic);
        assertRefused(UNKNOWN_TOPIC_OR_PARTITION, () -> client.deleteTopic("never-" + topic));
    }

    @Test
    @Operation("admin: describe and alter the settings of a topic")
    void altersSettings() {
        client.createTopic(topic, 1, Map.of("retention.ms", "1234567"));
        client.call("alter configs", Map.of("topic", topic, "configs", Map.of("max.message.bytes", "2000")));

        assertThat(client.config(topic, "max.message.bytes")).isEqualTo("2000");
        assertThat(client.config(topic, "retention.ms"))
                .as("AlterConfigs replaces all settings")
                .isEqualTo("604800000");
    }

    @Test
    @Operation("admin: create partitions")
    void addsPartitions() {
        client.createTopic(topic, 1, Map.of());
        client.call("create partitions", Map.of("topic", topic, "count", 3));

        assertThat(client.describe(topic)).hasSize(3);
        assertRefused(INVALID_PARTITIONS, () -> client.call("create partitions", Map.of("topic", topic, "count", 2)));
    }

    @Test
    @Operation("admin: offsets of a partition, by time too")
    void listsOffsets() {
        client.produce(
                IntStream.range(0, 10)
                        .mapToObj(i -> ScriptedClient.record(partition, "v", Map.of("timestamp", 1_000 + i)))
                        .toList(),
                Map.of());

        assertThat(client.offsets(partition, 1_006)).isEqualTo(new ScriptedClient.Offsets(0, 10, 6));
    }

    @Test
    @Operation("admin: the cluster's brokers and controller")
    void describesTheCluster() {
        JsonNode found = client.call("brokers", Map.of());

        assertThat(ScriptedClient.list(
                        found.get("brokers"),
                        broker -> broker.get("id").asInt() + "@"
                                + broker.get("address").asText()))
                .containsExactly("1@" + cluster().bootstrapServers());
        assertThat(found.get("controller").asInt()).isEqualTo(1);
    }

    @Test
    @Operation("admin: list and describe groups")
    void describesGroups() {
        String group = "g-" + topic;
        client.createTopic(topic, 1, Map.of());
        subscribe("member", group);
        awaitAssigned("member", 1);

        assertThat(client.groups()).contains(group);
        JsonNode found = client.describeGroup(group);
        assertThat(found.get("state").asText()).isEqualTo("Stable");
        assertThat(found.get("members")).hasSize(1);

        client.close("member");
        assertThat(client.describeGroup(group).get("members")).isEmpty();
        assertThat(client.committed(group, partition)).isEqualTo(OptionalLong.empty());
    }
}
