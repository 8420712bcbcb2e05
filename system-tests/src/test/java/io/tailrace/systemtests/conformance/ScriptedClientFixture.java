package io.tailrace.systemtests.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.CompressionType;
import io.tailrace.systemtests.LocalCluster;
import io.tailrace.systemtests.OurClients;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * A client that a script drives, and its cluster. Subclasses register the client's table and the cluster; the checks of
 * operations that not all clients have are here, for the subclasses whose client has them.
 */
@TestInstance(Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests and before each
abstract class ScriptedClientFixture {
    private static final int INVALID_TOPIC = 17;
    private static final int NON_EMPTY_GROUP = 68;
    /** Settings of a broker whose groups do not wait for more members before their first generation. */
    static final Map<String, String> BROKER = Map.of("group.initial.rebalance.delay.ms", "0");

    ScriptedClient client;
    OurClients ours;
    String topic;
    TopicPartition partition;

    abstract CompatibilityTable table();

    abstract LocalCluster cluster();

    /** Starts the script. */
    abstract ClientProcess start() throws Exception;

    /** The compressions that the client has. */
    Set<CompressionType> compressions() {
        return Set.of(CompressionType.values());
    }

    /** The code with which the client reports a topic whose name is invalid. */
    int invalidTopicCode() {
        return INVALID_TOPIC;
    }

    @BeforeAll
    void startClient() throws Exception {
        ours = new OurClients(() -> cluster().bootstrapServers());
        client = new ScriptedClient(start());
    }

    @AfterAll
    void stopClient() throws Exception {
        if (client != null) {
            client.close();
        }
    }

    @BeforeEach
    void nameTopic() {
        topic = "t-" + UUID.randomUUID();
        partition = new TopicPartition(topic, 0);
    }

    static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(String::valueOf).toList();
    }

    static List<String> values(List<ScriptedClient.Read> records) {
        return records.stream().map(ScriptedClient.Read::value).toList();
    }

    static List<Long> offsets(List<ScriptedClient.Read> records) {
        return records.stream().map(ScriptedClient.Read::offset).toList();
    }

    /** Opens a member of a group that subscribes to the topic. */
    void subscribe(String member, String group) {
        client.open(member, group, Map.of("topics", List.of(topic)));
    }

    void awaitAssigned(String member, int count) {
        await(member + " has " + count + " partitions")
                .until(() -> client.assignment(member).size() == count);
    }

    Set<TopicPartition> partitions(int count) {
        return new TreeSet<>(IntStream.range(0, count)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList());
    }

    static void assertRefused(int code, Runnable operation) {
        assertThatThrownBy(operation::run).isInstanceOfSatisfying(ClientError.class, error -> assertThat(error.code())
                .isEqualTo(code));
    }

    /** Checks idempotent sends, which not all clients have. */
    void produceIdempotently() {
        client.createTopic(topic, 1, Map.of());
        Map<String, Object> options = Map.of("idempotent", true);
        assertThat(client.produce(partition, numbers(0, 100), options).baseOffset())
                .hasValue(0);
        assertThat(client.produce(partition, numbers(100, 200), options).baseOffset())
                .hasValue(100);
        assertThat(values(client.readAll(partition, 200))).isEqualTo(numbers(0, 200));
    }

    /** Checks transactions, which not all clients have: records and a group's offset are visible once they are committed. */
    void transact() {
        client.createTopic(topic, 2, Map.of());
        TopicPartition second = new TopicPartition(topic, 1);
        String group = "g-" + topic;
        client.transact(topic, true, inBoth(0, 50), offsets(group, 3));
        client.transact(topic, false, inBoth(50, 100), offsets(group, 7));
        client.transact(topic, true, inBoth(100, 150), Map.of());

        List<String> expected = new ArrayList<>(numbers(0, 50));
        expected.addAll(numbers(100, 150));
        assertThat(values(client.readAll(partition, 100))).isEqualTo(expected);
        assertThat(values(client.readAll(second, 100))).isEqualTo(expected);
        await().until(() -> client.committed(group, partition).equals(OptionalLong.of(3)));
    }

    private List<Map<String, Object>> inBoth(int from, int to) {
        return numbers(from, to).stream()
                .flatMap(value -> Stream.of(
                        ScriptedClient.record(partition, value, Map.of()),
                        ScriptedClient.record(new TopicPartition(topic, 1), value, Map.of())))
                .toList();
    }

    private Map<String, Object> offsets(String group, long offset) {
        return Map.of("offsets", Map.of("group", group, "topic", topic, "partition", 0, "offset", offset));
    }

    /** Checks that a pattern finds new topics, as it does not with all clients. */
    void findNewTopicsOfAPattern() {
        client.produce(new TopicPartition(topic + "-a", 0), List.of("1"), Map.of());
        client.open("patterned", "g-" + topic, Map.of("pattern", topic + "-.*", "auto_commit", true));
        assertThat(values(client.read("patterned", 1))).containsExactly("1");

        client.produce(new TopicPartition(topic + "-b", 0), List.of("2"), Map.of());
        assertThat(values(client.read("patterned", 1))).containsExactly("2");
        client.close("patterned");
    }

    /** Checks the deletion of groups, which not all clients have. */
    void deleteGroups() {
        String group = "g-" + topic;
        client.createTopic(topic, 1, Map.of());
        subscribe("member", group);
        awaitAssigned("member", 1);
        assertRefused(NON_EMPTY_GROUP, () -> client.call("delete group", Map.of("group", group)));

        client.close("member");
        client.call("delete group", Map.of("group", group));
        assertThat(client.groups()).doesNotContain(group);
    }
}
