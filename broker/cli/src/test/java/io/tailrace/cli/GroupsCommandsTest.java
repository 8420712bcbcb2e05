package io.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.GroupDescription;
import io.tailrace.process.CommandRunner;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupsCommandsTest {
    private static final TopicPartition WEB_0 = new TopicPartition("web", 0);
    private static final TopicPartition WEB_1 = new TopicPartition("web", 1);

    private final FakeClients clients = new FakeClients();
    private final InMemoryGroups groups = clients.groups;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    GroupsCommandsTest() {
        groups.append(WEB_0, 1_000, 2_000, 3_000, 4_000, 5_000);
        groups.append(WEB_1, 1_000, 2_000);
        groups.starts.put(WEB_0, 1L);
        groups.commit("g", WEB_0, 3);
        groups.commit("g", WEB_1, 1);
    }

    private int run(String words, String... more) {
        List<String> all = new ArrayList<>(List.of(words.split(" ")));
        all.addAll(List.of(more));
        all.addAll(List.of("--bootstrap-server", "localhost:9092"));
        return ClientCommands.commandLine(clients, uri -> {
                    throw new AssertionError("no registry");
                })
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all.toArray(String[]::new));
    }

    private void join(String group) {
        groups.groups.put(
                group,
                new GroupDescription(
                        group,
                        GroupDescription.CONSUMER,
                        "Stable",
                        "range",
                        List.of(new GroupDescription.Member(
                                "m", Optional.of("i"), "c", "/192.0.2.1", Set.of(WEB_0, WEB_1)))));
    }

    @Test
    void groupsAreListedByState() {
        groups.commit("live", WEB_0, 1);
        join("live");

        assertThat(run("groups list --output csv")).isZero();
        assertThat(out.toString())
                .contains("g,classic,Empty,consumer,1\n")
                .contains("live,consumer,Stable,consumer,1\n");

        out.getBuffer().setLength(0);
        run("groups list --state stable --output csv");
        assertThat(out.toString()).contains("live").doesNotContain("g,Empty");
    }

    @Test
    void groupsAreListedByType() {
        groups.commit("live", WEB_0, 1);
        join("live");

        assertThat(run("groups list --type Consumer --output csv")).isZero();
        assertThat(out.toString().lines().skip(1)).containsExactly("live,consumer,Stable,consumer,1");

        out.getBuffer().setLength(0);
        assertThat(run("groups list --type consumer --state empty --output csv"))
                .isZero();
        assertThat(out.toString().lines().skip(1)).isEmpty();
    }

    @Test
    void aMisspelledFilterIsNamed() {
        assertThat(run("groups list --type share")).isEqualTo(CommandRunner.USAGE);
        assertThat(run("groups list --state stabel")).isEqualTo(CommandRunner.USAGE);
        assertThat(err.toString())
                .contains("--type share: expected classic, consumer")
                .contains("--state stabel: expected Empty, Stable, ");
    }

    @Test
    void settingsOfAGroupAreChangedAndShown() {
        assertThat(run("groups configure --group g --set consumer.session.timeout.ms=60000"
                        + " --set consumer.heartbeat.interval.ms=6000"))
                .isZero();
        assertThat(run("groups configure --group g --unset consumer.heartbeat.interval.ms"))
                .isZero();
        assertThat(run("groups configure --group g")).isZero();
        assertThat(out.toString()).isEqualTo("""
                KEY                          VALUE  DEFAULT
                consumer.session.timeout.ms  60000  false
                """);
    }

    @Test
    void wrongSettingsOfAGroupAreNamed() {
        assertThat(run("groups configure --group g --set retention.ms=1")).isEqualTo(CommandRunner.FAILURE);
        assertThat(run("groups configure --group g --set consumer.x=1 --unset consumer.x"))
                .isEqualTo(CommandRunner.USAGE);
        assertThat(run("groups configure", "--group", "")).isEqualTo(CommandRunner.USAGE);
        assertThat(err.toString())
                .contains("group g: unknown setting retention.ms")
                .contains("consumer.x: expected once in --set or --unset")
                .contains("--group: expected a name, found none");
        assertThat(groups.settings).isEmpty();
    }

    @Test
    void membersAreDescribedWithTheirPartitions() {
        join("g");
        assertThat(run("groups describe --group g --output csv")).isZero();
        assertThat(out.toString()).contains("g,consumer,Stable,range,m,i,c,/192.0.2.1,\"web-0,web-1\"");

        assertThat(run("groups describe --group nobody")).isEqualTo(CommandRunner.FAILURE);
        assertThat(err.toString()).contains("group nobody does not exist");
    }

    @Test
    void aGroupWithMembersIsNotDeletedAndTheNextOneIs() {
        groups.commit("live", WEB_0, 1);
        join("live");
        assertThat(run("groups delete --group live --group g")).isEqualTo(CommandRunner.FAILURE);
        assertThat(err.toString()).contains("live: NON_EMPTY_GROUP");
        assertThat(groups.offsets.keySet()).containsExactly("live");
    }

    /** The log of web-0 is 1 to 4, that of web-1 is 0 and 1; 3 and 1 are committed. */
    @ParameterizedTest
    @CsvSource({
        "--to-earliest, 1, 0",
        "--to-latest, 5, 2",
        "--to-offset 2, 2, 2",
        "--to-offset 9, 5, 2",
        "--shift-by -1, 2, 0",
        "--shift-by -9, 1, 0",
        "--shift-by 9223372036854775807, 5, 2",
        "--to-datetime 1970-01-01T00:00:02Z, 1, 1",
        "--to-datetime 1970-01-01T00:00:03, 2, 2",
        "--to-datetime 1970-01-01T01:00:04+01:00, 3, 2",
        "--to-datetime 1970-01-01T01:00:04+0100, 3, 2",
        "--to-datetime 1970-01-01T01:00:04.000+01, 3, 2",
    })
    void resetMovesTheOffsetsWithinTheLog(String target, long web0, long web1) {
        assertThat(run("groups reset --group g " + target)).isZero();
        assertThat(groups.committed("g")).as("a dry run").isEqualTo(Map.of(WEB_0, 3L, WEB_1, 1L));

        assertThat(run("groups reset --group g --execute " + target)).isZero();
        assertThat(groups.committed("g")).isEqualTo(Map.of(WEB_0, web0, WEB_1, web1));
    }

    @Test
    void aDryRunShowsWhatItWouldDo() {
        run("groups reset --group g --topic web:1 --to-latest");
        assertThat(out.toString()).isEqualTo("""
                GROUP  TOPIC  PARTITION  CURRENT-OFFSET  NEW-OFFSET
                g      web            1               1           2
                """);
    }

    @Test
    void offsetsAreReadFromAFile(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("offsets.csv"), "web,1,2\n");
        assertThat(run("groups reset --group new --execute --from-file", file.toString()))
                .isZero();
        assertThat(groups.committed("new")).isEqualTo(Map.of(WEB_1, 2L));

        Files.writeString(file, "web,1,2\n\nweb,x,3\n");
        assertThat(run("groups reset --group new --execute --from-file", file.toString()))
                .isEqualTo(CommandRunner.USAGE);
        assertThat(err.toString()).contains("offsets.csv, line 3: expected topic,partition,offset, found web,x,3");
    }

    @Test
    void aFileThatIsNoListOfOffsetsIsNamed(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("offsets.csv"), "\n");
        assertThat(run("groups reset --group g --execute --from-file", file.toString()))
                .isEqualTo(CommandRunner.USAGE);
        Files.write(file, new byte[] {'w', (byte) 0xff, (byte) 0xfe, 1});
        assertThat(run("groups reset --group g --execute --from-file", file.toString()))
                .isEqualTo(CommandRunner.USAGE);
        assertThat(run("groups reset --group g --execute --from-file", file + ".missing"))
                .isEqualTo(CommandRunner.USAGE);
        assertThat(err.toString().lines().filter(line -> !line.startsWith("Try")))
                .satisfiesExactly(
                        line -> assertThat(line).contains("offsets.csv: expected topic,partition,offset in each line"),
                        line -> assertThat(line).contains("offsets.csv: expected lines of CSV in UTF-8"),
                        line -> assertThat(line).contains("offsets.csv.missing (No such file"));

        Files.writeString(file, " web , 1 , 2\nnone,0,3\n");
        assertThat(run("groups reset --group g --execute --from-file", file.toString()))
                .isEqualTo(CommandRunner.FAILURE);
        assertThat(err.toString()).contains("none-0 does not exist");
        assertThat(groups.committed("g")).as("nothing is done in part").isEqualTo(Map.of(WEB_0, 3L, WEB_1, 1L));
    }

    @Test
    void anEmptyNameIsRefusedBeforeAnythingIsDone() {
        assertThat(run("groups delete --group g", "--group", "")).isEqualTo(CommandRunner.USAGE);
        assertThat(run("groups describe", "--group", "")).isEqualTo(CommandRunner.USAGE);
        assertThat(run("groups reset --to-latest --execute", "--group", "")).isEqualTo(CommandRunner.USAGE);
        assertThat(run("lag", "--group", "")).isEqualTo(CommandRunner.USAGE);
        assertThat(err.toString()).contains("--group: expected a name, found none");
        assertThat(groups.offsets.keySet()).containsExactly("g");
    }

    @Test
    void aGroupThatDoesNotExistHidesNoOther() {
        assertThat(run("groups describe --group nobody --group g --output csv")).isEqualTo(CommandRunner.FAILURE);
        assertThat(out.toString()).contains("g,classic,Empty");
        assertThat(err.toString()).contains("group nobody does not exist");
    }

    @Test
    void nothingIsResetWhileAPartitionHasNoLeader() {
        groups.errors.put(WEB_1, ErrorCode.LEADER_NOT_AVAILABLE);
        assertThat(run("groups reset --group g --to-latest --execute")).isEqualTo(CommandRunner.FAILURE);
        assertThat(err.toString()).contains("web-1 has no leader: try again later, or name other partitions");
        assertThat(groups.committed("g")).isEqualTo(Map.of(WEB_0, 3L, WEB_1, 1L));

        assertThat(run("groups reset --group g --topic web:0 --to-latest --execute"))
                .isZero();
        assertThat(groups.committed("g")).isEqualTo(Map.of(WEB_0, 5L, WEB_1, 1L));
    }

    @Test
    void aGroupWhoseTopicsAreAllDeletedCannotBeReset() {
        groups.offsets.clear();
        groups.commit("g", new TopicPartition("gone", 0), 5);
        assertThat(run("groups reset --group g --to-latest")).isEqualTo(CommandRunner.FAILURE);
        assertThat(err.toString()).contains("no committed offsets of partitions that exist");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --to-datetime yesterday        | --to-datetime yesterday: expected a time such as
            --to-datetime 1969-12-31T23:59:59.999Z | expected a time after 1970
            --to-datetime +999999999-01-01T00:00Z | expected a time such as
            --to-latest --topic web:2      | --topic web:2: expected partitions from 0 to 1, found 2
            --to-latest --topic web:0,     | --topic web:0,: expected partitions from 0 to 1
            --to-latest --topic none       | topic none does not exist
            --to-latest --to-earliest      | mutually exclusive
            --topic web                    | Missing required argument
            """)
    void wrongTargetsAreNamed(String target, String message) {
        assertThat(run("groups reset --group g " + target)).isEqualTo(CommandRunner.USAGE);
        assertThat(err.toString()).contains(message);
    }

    @Test
    void offsetsOfADeletedTopicAreLeftOut() {
        groups.commit("g", new TopicPartition("gone", 0), 5);
        assertThat(run("groups reset --group g --to-latest --execute")).isZero();
        assertThat(err.toString()).isEqualTo("tailrace groups reset: gone-0 is left out: it does not exist\n");
        assertThat(groups.committed("g")).isEqualTo(Map.of(WEB_0, 5L, WEB_1, 2L, new TopicPartition("gone", 0), 5L));
    }

    @Test
    void aGroupWithMembersIsNotReset() {
        join("g");
        assertThat(run("groups reset --group g --to-latest --execute")).isEqualTo(CommandRunner.FAILURE);
        assertThat(err.toString()).contains("group g has members (1, Stable): stop them");
        assertThat(groups.committed("g")).isEqualTo(Map.of(WEB_0, 3L, WEB_1, 1L));
    }
}
