package io.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.tailrace.client.NewTopic;
import io.tailrace.process.CommandRunner;
import io.tailrace.protocol.TopicPartition;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientCommandsTest {
    private final FakeClients clients = new FakeClients();
    private final InMemoryAdmin admin = clients.admin;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "topics",
                "topics list",
                "topics describe",
                "topics create",
                "topics configure",
                "topics elect",
                "topics delete",
                "topics delete-records",
                "cluster",
                "reassign",
                "log-dirs",
                "log-dirs describe",
                "log-dirs move",
                "produce",
                "consume",
                "groups",
                "groups list",
                "groups describe",
                "groups delete",
                "groups reset",
                "lag"
            })
    void everyCommandHasHelp(String command) {
        String[] words = Stream.concat(
                        Arrays.stream(command.split(" ")).filter(word -> !word.isEmpty()), Stream.of("--help"))
                .toArray(String[]::new);
        assertThat(execute(words)).isZero();
        assertThat(out.toString()).startsWith("Usage: tailrace" + (command.isEmpty() ? "" : " " + command));
    }

    @Test
    void missingBootstrapServerIsWrongUsage() {
        assertThat(execute("topics", "list")).isEqualTo(CommandRunner.USAGE);
        assertThat(err.toString()).contains("--bootstrap-server");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            topics create --topic web --partitions 0  | partitions: expected 1 to
            consume --topic web --offset -1           | --offset=-1: expected 0 or more
            consume --topic web --max-messages -1     | --max-messages=-1: expected 0 or more
            lag --group g --max-lag -1                | --max-lag=-1: expected 0 or more
            lag --group g --max-seconds -1            | --max-seconds=-1: expected 0 or more
            lag --group g --window 0                  | --window=0: expected 1 or more
            lag --group g --watch 0                   | --watch=0: expected 1 or more
            groups reset --group g --to-offset -1     | --to-offset=-1: expected 0 or more
            """)
    void numberOutOfBoundsIsWrongUsage(String words, String message) {
        assertThat(execute((words + " --bootstrap-server localhost:9092").split(" ")))
                .isEqualTo(CommandRunner.USAGE);
        assertThat(err.toString()).contains(message);
    }

    @Test
    void invalidBootstrapServerIsNamed() {
        assertThat(execute("topics", "list", "--bootstrap-server", "nowhere")).isEqualTo(CommandRunner.USAGE);
        assertThat(err.toString()).contains("nowhere").doesNotContain("\tat ");
    }

    @Test
    void verboseWorksBeforeAndAfterASubcommand() {
        execute("topics", "list", "--bootstrap-server", "nowhere", "--verbose");
        assertThat(err.toString()).contains("\tat ");
        err.getBuffer().setLength(0);
        execute("topics", "--verbose", "list", "--bootstrap-server", "nowhere");
        assertThat(err.toString()).contains("\tat ");
    }

    @Test
    void unknownClientSettingIsWrongUsage() {
        assertThat(execute("produce", "--bootstrap-server", "a:1", "--topic", "t", "--set", "akcs=1"))
                .isEqualTo(CommandRunner.USAGE);
        assertThat(err.toString()).contains("akcs");
        assertThat(execute("consume", "--bootstrap-server", "a:1", "--topic", "t", "--set", "fetch.max.bytes=x"))
                .isEqualTo(CommandRunner.USAGE);
        assertThat(err.toString()).contains("fetch.max.bytes");
    }

    @Test
    void createdTopicsAreListed() {
        run("topics", "create", "--topic", "web", "--partitions", "3", "--config", "retention.ms=1000");
        assertThat(admin.topics)
                .containsExactly(entry(
                        "web",
                        new NewTopic("web", OptionalInt.of(3), OptionalInt.empty(), Map.of("retention.ms", "1000"))));
        run("topics", "list", "--output", "csv");
        assertThat(out.toString()).isEqualTo("TOPIC,PARTITIONS,REPLICATION-FACTOR,INTERNAL\nweb,3,1,false\n");
    }

    @Test
    void describeShowsOffsetsOfEachPartition() {
        run("topics", "create", "--topic", "web");
        admin.highWatermarks.put(new TopicPartition("web", 0), 7L);
        run("topics", "describe", "--topic", "web", "--output", "json");
        assertThat(out.toString())
                .isEqualTo("[{\"topic\":\"web\",\"partition\":0,\"leader\":1,\"replicas\":\"1\",\"isr\":\"1\","
                        + "\"logStartOffset\":0,\"logEndOffset\":7}]\n");
    }

    @Test
    void deletedRecordsLeaveALogStartOffset() {
        run("topics", "create", "--topic", "web", "--partitions", "2");
        admin.highWatermarks.put(new TopicPartition("web", 1), 7L);
        run("topics", "delete-records", "--topic", "web", "--all", "--output", "csv");
        assertThat(out.toString()).isEqualTo("TOPIC,PARTITION,LOG-START-OFFSET\nweb,0,0\nweb,1,7\n");
        out.getBuffer().setLength(0);
        run(
                "topics",
                "delete-records",
                "--topic",
                "web",
                "--partition",
                "1",
                "--before-offset",
                "5",
                "--output",
                "csv");
        assertThat(out.toString()).isEqualTo("TOPIC,PARTITION,LOG-START-OFFSET\nweb,1,5\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            topics delete-records --topic web                                     | --before-offset
            topics delete-records --topic web --before-offset 5                   | expected one --partition, found 0
            topics delete-records --topic web --before-offset -1 --partition 0    | --before-offset=-1: expected 0 or more
            topics delete-records --topic web --all --partition 3                 | --partition=3: expected 0 to 1
            topics delete-records --topic web --all --before-offset 5             | mutually exclusive
            """)
    void recordsToDeleteMustBeClear(String words, String message) {
        run("topics", "create", "--topic", "web", "--partitions", "2");
        assertThat(execute((words + " --bootstrap-server localhost:9092").split(" ")))
                .isEqualTo(CommandRunner.USAGE);
        assertThat(err.toString()).contains(message);
    }

    private int run(String... args) {
        String[] all = Arrays.copyOf(args, args.length + 2);
        all[args.length] = "--bootstrap-server";
        all[args.length + 1] = "localhost:9092";
        return execute(all);
    }

    private int execute(String... args) {
        return ClientCommands.commandLine(clients, address -> value -> "null")
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
    }
}
