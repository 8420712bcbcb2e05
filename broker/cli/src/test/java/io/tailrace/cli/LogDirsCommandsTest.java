package io.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.LogDirectoryDescription;
import io.tailrace.process.CommandRunner;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Three brokers with three log directories each, the third of which has failed. A topic of two partitions is on brokers 1 and 2. */
class LogDirsCommandsTest {
    private static final TopicPartition FIRST = new TopicPartition("web", 0);
    private static final TopicPartition SECOND = new TopicPartition("web", 1);

    private final FakeClients clients = new FakeClients();
    private final InMemoryAdmin admin = clients.admin;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void start() {
        admin.brokers.putAll(Map.of(1, "", 2, "", 3, ""));
        admin.create("web", 2, 1, 2);
        for (int broker = 1; broker <= 3; broker++) {
            boolean isEmpty = broker == 3;
            admin.logDirectories.put(
                    broker,
                    List.of(
                            new LogDirectoryDescription(
                                    "/a", true, isEmpty ? Map.of() : Map.of(FIRST, 100L, SECOND, 50L), Map.of()),
                            new LogDirectoryDescription(
                                    "/b",
                                    true,
                                    Map.of(),
                                    broker == 1 ? Map.of(SECOND, new LogDirectoryDescription.Copy(20, 7)) : Map.of()),
                            new LogDirectoryDescription("/c", false, Map.of(), Map.of())));
        }
    }

    @Test
    void directoriesAreDescribed() {
        assertThat(run("log-dirs", "describe", "--broker", "1,3")).isZero();
        assertThat(out.toString()).isEqualTo("""
                BROKER  DIRECTORY  ONLINE  REPLICAS  BYTES  MOVING-IN  LAG
                     1  /a         true           2    150          0    0
                     1  /b         true           0      0          1    7
                     1  /c         false   -         -      -          -
                     3  /a         true           0      0          0    0
                     3  /b         true           0      0          0    0
                     3  /c         false   -         -      -          -
                """);
    }

    @Test
    void replicasOfATopicAreDescribedWithTheirMoves() {
        assertThat(run("log-dirs", "describe", "--topic", "web", "--output", "csv"))
                .isZero();
        assertThat(out.toString().lines())
                .containsExactly(
                        "BROKER,TOPIC,PARTITION,DIRECTORY,BYTES,MOVING-IN,LAG",
                        "1,web,0,/a,100,false,",
                        "1,web,1,/a,50,false,",
                        "1,web,1,/b,20,true,7",
                        "2,web,0,/a,100,false,",
                        "2,web,1,/a,50,false,");
    }

    @Test
    void replicasMove() {
        assertThat(run("log-dirs", "move", "--broker", "1", "--to", "/b", "--topic", "web", "--dry-run"))
                .isZero();
        assertThat(out.toString()).contains("1  web            0  /a    /b");
        assertThat(admin.directoryMoves).isEmpty();

        assertThat(run("log-dirs", "move", "--broker", "1", "--to", "/b", "--topic", "web"))
                .isZero();
        assertThat(admin.directoryMoves).containsExactly("web-0 of 1 to /b", "web-1 of 1 to /b");
        assertThat(err.toString()).contains("2 replicas move to /b");

        admin.moveOutcomes.put(SECOND, ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(run("log-dirs", "move", "--broker", "2", "--to", "/b", "--topic", "web", "--partition", "1"))
                .isEqualTo(CommandRunner.NEEDS_ATTENTION);
        assertThat(err.toString()).contains("web-1 on broker 2 does not move to /b: KAFKA_STORAGE_ERROR");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            log-dirs describe --broker 9                                 | --broker: broker 9 is not up; expected some of [1, 2, 3]
            log-dirs move --broker 9 --to /b --topic web                 | --broker: broker 9 is not up
            log-dirs move --broker 1 --to /d --topic web                 | --to: broker 1 has no log directory /d; expected one of [/a, /b, /c]
            log-dirs move --broker 1 --to /c --topic web                 | --to: log directory /c of broker 1 has failed
            log-dirs move --broker 3 --to /b --topic web                 | --topic: broker 3 has no replica of web
            log-dirs move --broker 1 --to /b --topic web --partition 2   | --partition: broker 1 has no replica of web-2
            log-dirs move --broker 1 --to /b --topic web --topic x --partition 0 | --partition needs one --topic
            log-dirs move --broker 1 --to /b                             | Missing required option
            """)
    void whatCannotBeMovedIsRefusedByName(String words, String message) {
        assertThat(run(words.split(" "))).isEqualTo(CommandRunner.USAGE);
        assertThat(err.toString()).contains(message);
        assertThat(admin.directoryMoves).isEmpty();
    }

    @Test
    void plansPlaceReplicasInLogDirectories(@TempDir Path folder) throws IOException {
        Path plan = Files.writeString(folder.resolve("plan.json"), """
                {"version":1,"partitions":[
                  {"topic":"web","partition":0,"replicas":[1,3],"log_dirs":["/b","/b"]},
                  {"topic":"web","partition":1,"replicas":[2,1],"log_dirs":["any","any"]}]}
                """);
        assertThat(run("reassign", "--plan", plan.toString(), "--dry-run")).isZero();
        assertThat(admin.directoryMoves).isEmpty();

        assertThat(run("reassign", "--plan", plan.toString()))
                .as("broker 3 remembers where to create the new replica")
                .isZero();
        assertThat(admin.directoryMoves).containsExactly("web-0 of 1 to /b", "web-0 of 3 to /b");
        assertThat(admin.reassignments).containsKeys(FIRST, SECOND);
    }

    @Test
    void planWhoseDirectoryIsRefusedByABrokerIsCarriedOutAndReported(@TempDir Path folder) throws IOException {
        admin.moveOutcomes.put(FIRST, ErrorCode.KAFKA_STORAGE_ERROR);
        Path plan = Files.writeString(folder.resolve("plan.json"), """
                {"version":1,"partitions":[{"topic":"web","partition":0,"replicas":[1,3],"log_dirs":["/b","any"]}]}
                """);
        assertThat(run("reassign", "--plan", plan.toString())).isEqualTo(CommandRunner.NEEDS_ATTENTION);
        assertThat(admin.reassignments).containsKey(FIRST);
        assertThat(err.toString()).contains("web-0 on broker 1 does not move to /b: KAFKA_STORAGE_ERROR");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ["/b"]        | expected one of log_dirs for each of replicas
            "/b"          | expected one of log_dirs for each of replicas
            ["/b","data"] | web-0: expected "any" or an absolute path in log_dirs, found "data"
            ["/b",2]      | web-0: expected "any" or an absolute path in log_dirs, found 2
            ["any","/d"]  | broker 2 has no log directory /d; expected one of [/a, /b, /c]
            ["/c","any"]  | log directory /c of broker 1 has failed
            """)
    void plansWithOtherDirectoriesAreRefused(String paths, String message, @TempDir Path folder) throws IOException {
        Path plan = Files.writeString(
                folder.resolve("plan.json"),
                "{\"version\":1,\"partitions\":[{\"topic\":\"web\",\"partition\":0,\"replicas\":[1,2],\"log_dirs\":"
                        + paths + "}]}");
        assertThat(run("reassign", "--plan", plan.toString())).isEqualTo(CommandRunner.USAGE);
        assertThat(err.toString()).contains(plan.toString(), message);
        assertThat(admin.directoryMoves).isEmpty();
        assertThat(admin.reassignments).isEmpty();
    }

    private int run(String... args) {
        out.getBuffer().setLength(0);
        String[] all = Arrays.copyOf(args, args.length + 2);
        all[args.length] = "--bootstrap-server";
        all[args.length + 1] = "localhost:9092";
        return ClientCommands.commandLine(clients, address -> value -> "null")
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all);
    }
}
