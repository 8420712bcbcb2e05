package io.tailrace.systemtests.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.systemtests.LocalCluster;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What Confluent's client for Python does with any librdkafka. */
abstract class ConfluentContract extends ScriptedClientContract {
    /** The variables that choose the library. */
    abstract Map<String, String> environment();

    /** Prints the version of librdkafka, if the client is installed. */
    static final String VERSION =
            "import confluent_kafka as c;" + "print(c.version()[0], 'on librdkafka', c.libversion()[0].split('-')[0])";

    /** What Debian's version of the client does not have, whatever its librdkafka. */
    static final String[] ABSENT = {
        "admin: delete groups", "admin: delete records", "admin: incrementally alter the settings of a topic"
    };

    @Override
    ClientProcess start() throws Exception {
        LocalCluster cluster = cluster();
        return ClientProcess.start(
                cluster.folder().resolve("confluent.log"),
                environment(),
                InstalledPrograms.pythonScript("python/confluent.py", cluster.bootstrapServers()));
    }

    /** Opens a member of a group with settings of librdkafka. */
    void subscribe(String member, String group, Map<String, ?> settings) {
        client.open(member, group, Map.of("topics", List.of(topic), "settings", settings));
    }

    @Test
    @Operation("transactions: commit and abort, with the offsets of a group")
    void commitsAndAborts() {
        transact();
    }

    @Test
    @Operation("producer: idempotent")
    void producesIdempotently() {
        produceIdempotently();
    }

    @Test
    @Operation("consumer: read_committed")
    void readsCommitted() {
        client.produce(partition, numbers(0, 10), Map.of());
        client.open(
                "reader",
                "g-" + topic,
                Map.of(
                        "topics",
                        List.of(topic),
                        "settings",
                        Map.of("isolation.level", "read_committed", "check.crcs", true)));

        assertThat(values(client.read("reader", 10))).isEqualTo(numbers(0, 10));
        client.close("reader");
    }

    @Test
    @Operation("group: cooperative rebalance")
    void rebalancesCooperatively() {
        assertMovesOnlyWhatItMust(Map.of(
                "partition.assignment.strategy", "cooperative-sticky",
                "session.timeout.ms", 30_000,
                "heartbeat.interval.ms", 500));
    }

    /** A second member takes two of four partitions; the first one keeps the others and reads on where it was. */
    void assertMovesOnlyWhatItMust(Map<String, ?> settings) {
        String group = "g-" + topic;
        client.createTopic(topic, 4, Map.of());
        partitions(4).forEach(each -> client.produce(each, numbers(0, 5), Map.of()));
        subscribe("a", group, settings);
        assertThat(client.read("a", 20)).hasSize(20);
        partitions(4).forEach(each -> client.commit("a", each, 5));
        subscribe("b", group, settings);
        awaitAssigned("b", 2);
        awaitAssigned("a", 2);

        partitions(4).forEach(each -> client.produce(each, numbers(5, 8), Map.of()));
        for (String member : List.of("a", "b")) {
            List<ScriptedClient.Read> read = client.read(member, 6);
            client.assignment(member).forEach(each -> assertThat(
                            read.stream().filter(record -> record.partition().equals(each)))
                    .extracting(ScriptedClient.Read::offset)
                    .containsExactly(5L, 6L, 7L));
            assertThat(read).hasSize(6);
        }
        client.close("a");
        awaitAssigned("b", 4);
        client.close("b");
    }

    @Test
    @Operation("group: static members")
    void staticMembersKeepTheirPartitions() {
        Map<String, Object> settings =
                new HashMap<>(Map.of("session.timeout.ms", 30_000, "heartbeat.interval.ms", 500));
        assertStaticMembersReturn(settings);
    }

    /** A static member that is closed and opened again gets its partitions without the others. */
    void assertStaticMembersReturn(Map<String, Object> settings) {
        String group = "g-" + topic;
        client.createTopic(topic, 2, Map.of());
        for (String member : List.of("a", "b")) {
            settings.put("group.instance.id", member);
            subscribe(member, group, settings);
        }
        awaitAssigned("a", 1);
        awaitAssigned("b", 1);
        var held = client.assignment("b");

        client.close("b");
        subscribe("b", group, settings);
        awaitAssigned("b", 1);
        assertThat(client.assignment("b")).isEqualTo(held);
        assertThat(client.assignment("a")).hasSize(1);
        client.close("a");
        client.close("b");
    }

    @Test
    @Operation("group: new topics that a regular expression matches")
    void findsNewTopicsOfAPattern() {
        findNewTopicsOfAPattern();
    }
}
