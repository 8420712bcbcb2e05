package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tailrace.agent.checkpoint.AgentCheckpointFile;
import io.tailrace.agent.checkpoint.Checkpoint;
import io.tailrace.agent.checkpoint.DataDirectoryLock;
import io.tailrace.agent.inspect.CheckpointReset;
import io.tailrace.agent.inspect.CheckpointReset.Selection;
import io.tailrace.agent.inspect.CheckpointReset.Target;
import io.tailrace.agent.inspect.FileStatus;
import io.tailrace.agent.tail.Archives;
import io.tailrace.agent.tail.FoundFiles;
import io.tailrace.agent.tail.TailConfig;
import io.tailrace.client.ClientException;
import io.tailrace.protocol.ErrorCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The commands of an administrator, without brokers and a registry. */
class AgentCommandTest extends AgentFixture {
    private static final String LINE =
            "192.0.2.7 - - [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 12 \"-\" \"a\"\n";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** Runs {@code tailrace agent}, and returns its exit code. */
    private int run(String... arguments) throws IOException {
        Path file = Files.writeString(folder.resolve("agent.properties"), """
                bootstrap.servers=127.0.0.1:1
                schema.registry.url=http://127.0.0.1:1
                data.dir=data
                source.web.paths=%s
                """.formatted(harness.log("access.log*")));
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--config=" + file);
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        CommandLine command = AgentCommand.commandLine();
        setWriters(command);
        return command.execute(all.toArray(String[]::new));
    }

    private void setWriters(CommandLine command) {
        command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        command.getSubcommands().values().forEach(this::setWriters);
    }

    private List<String> printed() {
        return out.toString().lines().toList();
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(out.toString());
    }

    @Test
    void dryRunPrintsRecordsAndDeadLetters() throws IOException {
        harness.append("access.log", LINE + "not a line of a log\n" + LINE);
        assertThat(run("--dry-run")).isEqualTo(3);
        assertThat(printed()).hasSize(3);
        JsonNode first = new ObjectMapper().readTree(printed().get(0));
        assertThat(first.get("topic").asText()).isEqualTo("access-log");
        assertThat(first.get("key").asText()).endsWith(":" + harness.log("access.log"));
        assertThat(first.get("timestamp").asLong()).isEqualTo(1_431_857_103_000L);
        assertThat(first.get("value").get("clientAddress").asText()).isEqualTo("192.0.2.7");
        JsonNode second = new ObjectMapper().readTree(printed().get(1));
        assertThat(second.get("topic").asText()).isEqualTo("tailrace-dead-letters");
        assertThat(second.get("value").get("line").asText()).isEqualTo("not a line of a log");
        assertThat(second.get("value").get("reason").asText()).startsWith("does not match the log format");
        assertThat(err.toString()).contains("source web: 3 lines, 1 of them dead letters, 0 dropped");
        assertThat(harness.data).as("nothing is written").isEmptyDirectory();
    }

    @Test
    void dryRunIsBounded() throws IOException {
        harness.append("access.log", LINE.repeat(50_000));
        assertThat(run("--dry-run", "--lines=7")).isZero();
        assertThat(printed()).hasSize(7);
        assertThat(run("--dry-run")).isZero();
        assertThat(printed()).hasSize(100);
        assertThat(run("--dry-run", "--lines=0")).isEqualTo(2);
        assertThat(run("--dry-run", "--lines=1000000")).isZero();
        assertThat(printed()).hasSize(50_000);
    }

    @Test
    void dryRunReadsMoreFilesThanMayBeOpen() throws IOException {
        for (int file = 0; file < 100; file++) {
            harness.append(
                    "access.log.%02d".formatted(file),
                    LINE.replace("GET /", "GET /" + file).repeat(file + 1));
        }
        assertThat(run("--dry-run", "--lines=1000000", "--set=files.open.max=64"))
                .isZero();
        assertThat(printed()).hasSize(100 * 101 / 2);
    }

    /** Nothing follows that would end them, and a dry run does not wait. */
    @Test
    void dryRunPrintsTheLastRecordOfSeveralLinesOfEachFile() throws IOException {
        for (int file = 0; file < 100; file++) {
            harness.append("access.log.%02d".formatted(file), file + " failed\n\tat a\n\tat b\n");
        }
        assertThat(run(
                        "--dry-run",
                        "--set=source.web.format=raw",
                        "--set=source.web.multiline.continue=^\\s",
                        "--set=source.web.multiline.timeout.ms=3600000",
                        "--set=files.open.max=64"))
                .as(err.toString())
                .isZero();
        assertThat(printed()).hasSize(100).allSatisfy(record -> assertThat(record)
                .contains(" failed\\n\\tat a\\n\\tat b\""));
        assertThat(err.toString()).contains("source web: 100 lines, 0 of them dead letters");
    }

    @Test
    void dryRunTakesNothingFromStandardInput() throws IOException {
        assertThat(run("--dry-run", "--set=source.web.paths=-")).isEqualTo(3);
        assertThat(err.toString()).contains("source web: not read");
    }

    @Test
    void statusShowsHowFarEachFileIs() throws IOException {
        harness.append("access.log", "one\ntwo\n");
        harness.append("access.log.1", "old\n");
        harness.run();
        harness.append("access.log", "three\n");
        harness.append("access.log.new", "not read\n");
        Files.delete(harness.log("access.log.1"));

        assertThat(run("--status", "--output=json")).as("no agent runs").isEqualTo(3);
        assertThat(err.toString()).contains("no agent is running in data.dir=" + harness.data);
        assertThat(json()).hasSize(3);
        for (JsonNode file : json()) {
            assertThat(file.get("source").asText()).isEqualTo("web");
            String name = Path.of(file.get("path").asText()).getFileName().toString();
            assertThat(file.get("state").asText())
                    .isEqualTo(
                            switch (name) {
                                case "access.log" -> "followed";
                                case "access.log.1" -> "missing";
                                default -> "new";
                            });
            assertThat(file.get("lagBytes").asText())
                    .isEqualTo(
                            switch (name) {
                                case "access.log" -> "6";
                                case "access.log.1" -> "null";
                                default -> "9";
                            });
        }
        assertThat(run("--status")).isEqualTo(3);
        assertThat(printed().get(0)).startsWith("SOURCE  PATH");
    }

    @Test
    @SuppressWarnings("try") // The lock is held and not used.
    void statusSaysWhyTheRunningAgentCannotSend() throws IOException {
        harness.producer.unknownTopics.put(
                AgentHarness.TOPIC, new ClientException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "unknown topic"));
        harness.append("access.log", "one\n");
        harness.run();
        try (DataDirectoryLock lock = DataDirectoryLock.acquire(harness.data)) {
            assertThat(run("--status")).isEqualTo(3);
            assertThat(err.toString()).startsWith("20").contains("source web").doesNotContain("no agent is running");
        }
        assertThat(run("--status")).isEqualTo(3);
        assertThat(err.toString()).as("of an agent that has ended").doesNotContain("source web");

        harness.producer.unknownTopics.clear();
        harness.pass(SendGate.GIVE_UP_MS);
        harness.run();
        assertThat(ProblemsFile.read(harness.data)).isEmpty();
    }

    /** A truncated log keeps its file's number, as a new log may get the number of a deleted one. */
    private String followTwoContentsOfOneFile() throws IOException {
        Path log = harness.append("access.log", "yesterday 1\nyesterday 2\n");
        harness.run();
        Files.writeString(log, "today\n");
        harness.run();
        harness.append("access.log", "not read\n");
        return log.toString();
    }

    @Test
    void statusShowsTwoContentsOfOneFile() throws IOException {
        followTwoContentsOfOneFile();
        assertThat(run("--status", "--output=json")).isEqualTo(3);
        assertThat(json())
                .extracting(file -> file.get("state").asText() + " " + file.get("position") + " "
                        + file.get("lagBytes").asText())
                .containsExactlyInAnyOrder("missing 24 null", "followed 6 9");
    }

    @Test
    void fileThatCannotBeReadIsShownAsTheOneOfItsNumber() throws IOException {
        Path log = harness.append("access.log", "one\n");
        harness.run();
        Path other = harness.append("access.log.1", "two\n");
        Checkpoint checkpoint = checkpoint();
        TailConfig source = AgentHarness.tail(harness.logs, "web", "access.log*");
        FoundFiles found = FoundFiles.of(source, log.getFileSystem());
        Files.delete(log);
        Files.delete(other);
        assertThat(FileStatus.of(source, found, checkpoint, harness.nowMs))
                .extracting(file -> file.path() + " " + file.state())
                .containsExactly(log + " FOLLOWED", other + " NEW");
    }

    private Checkpoint checkpoint() throws IOException {
        try (AgentCheckpointFile file = new AgentCheckpointFile(harness.data)) {
            return file.read().orElseThrow();
        }
    }

    @Test
    void statusNamesPathsThatMatchNothing() throws IOException {
        assertThat(run("--status")).isEqualTo(3);
        assertThat(err.toString()).contains("source web: " + harness.log("access.log*") + ": no file matches");
    }

    @Test
    void fileThatIsResetToItsBeginningIsSentAgainAsTheSameRecords() throws IOException {
        harness.append("access.log", "one\ntwo\n");
        harness.append("access.log.b", "other\n");
        harness.run();
        harness.stop();
        assertThat(run("checkpoint", "reset", "--path=" + harness.log("access.log"), "--to=beginning"))
                .isZero();
        assertThat(printed()).containsExactly("web: " + harness.log("access.log") + ": from byte 8 to byte 0");
        harness.start();
        harness.run();
        assertThat(harness.lines()).containsExactly("one", "two", "other", "one", "two");
        assertThat(harness.values(AgentHarness.TOPIC).stream()
                        .map(value -> value.get("fileId") + " " + value.get("byteOffset"))
                        .distinct())
                .hasSize(3);
    }

    @Test
    void sourceThatIsResetToItsEndSkipsWhatIsThere() throws IOException {
        harness.append("access.log", "one\n");
        harness.run();
        harness.stop();
        harness.append("access.log", "skipped\nunfini");
        harness.append("access.log.b", "skipped, too\n");
        assertThat(run("checkpoint", "reset", "--source=web", "--to=end")).isZero();
        assertThat(printed())
                .containsExactlyInAnyOrder(
                        "web: " + harness.log("access.log") + ": from byte 4 to byte 12",
                        "web: " + harness.log("access.log.b") + ": from byte 0 to byte 13");
        harness.start();
        harness.append("access.log", "shed\n");
        harness.append("access.log.b", "next\n");
        harness.run();
        assertThat(harness.lines()).containsExactlyInAnyOrder("one", "unfinished", "next");
    }

    /** Every record that was sent. */
    private List<String> sent() {
        return harness.values(AgentHarness.TOPIC).stream()
                .map(value -> value.get("fileId") + " " + value.get("byteOffset") + " " + value.get("line"))
                .toList();
    }

    @Test
    void resetTellsContentsOfOneFileApart() throws IOException {
        String log = followTwoContentsOfOneFile();
        harness.stop();
        List<String> before = sent();
        assertThat(run("checkpoint", "reset", "--all", "--to=beginning")).isZero();
        assertThat(printed())
                .containsExactlyInAnyOrder(
                        "web: " + log + ": from byte 24 to byte 0 if it turns up: no file that matches holds it",
                        "web: " + log + ": from byte 6 to byte 0");
        harness.start();
        harness.run();
        assertThat(sent()).hasSize(5).startsWith(before.toArray(String[]::new));
        assertThat(sent().get(3)).isEqualTo(before.get(2)).endsWith(" 0 today");
        assertThat(sent().get(4)).isEqualTo(before.get(2).replace(" 0 today", " 6 not read"));
    }

    @Test
    void resetToTheEndLeavesWhatNoFileHolds() throws IOException {
        String log = followTwoContentsOfOneFile();
        harness.stop();
        assertThat(run("checkpoint", "reset", "--path=" + log, "--to=end")).isZero();
        assertThat(printed()).containsExactly("web: " + log + ": from byte 6 to byte 15");
        assertThat(run("checkpoint", "reset", "--all", "--to=end")).isZero();
        assertThat(printed())
                .containsExactlyInAnyOrder(
                        "web: " + log + ": left at byte 24: no file that matches holds it",
                        "web: " + log + ": from byte 15 to byte 15");
        harness.start();
        harness.append("access.log", "next\n");
        harness.run();
        assertThat(harness.lines()).containsExactly("yesterday 1", "yesterday 2", "today", "next");
    }

    @Test
    void fileThatIsResetKeepsItsIdentityUntilItIsSent() throws IOException {
        harness.append("access.log", "one\ntwo\n");
        harness.run();
        harness.stop();
        List<String> before = sent();
        assertThat(run("checkpoint", "reset", "--all", "--to=beginning")).isZero();
        for (int start = 0; start < 2; start++) {
            harness.start();
            harness.producer.unknownTopics.put(
                    AgentHarness.TOPIC, new ClientException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "no broker answers"));
            harness.run();
            harness.crash(0);
            assertThat(sent()).isEqualTo(before);
        }
        harness.append("access.log", "three\n");
        harness.start();
        harness.run();
        assertThat(sent())
                .containsExactly(
                        before.get(0),
                        before.get(1),
                        before.get(0),
                        before.get(1),
                        before.get(0).replace(" 0 one", " 8 three"));
    }

    @Test
    void fileThatIsCompressedAfterItsResetKeepsItsIdentity() throws IOException {
        Path log = harness.append("access.log", "one\ntwo\n");
        harness.run();
        harness.stop();
        List<String> before = sent();
        assertThat(run("checkpoint", "reset", "--all", "--to=beginning")).isZero();
        Path archive = Files.write(harness.log("access.log.1.gz"), Archives.compress(".gz", Files.readAllBytes(log)));
        Files.setLastModifiedTime(archive, FileTime.fromMillis(harness.nowMs - 60_000));
        Files.delete(log);
        harness.start();
        harness.run();
        assertThat(sent()).containsExactly(before.get(0), before.get(1), before.get(0), before.get(1));
    }

    @Test
    void resetOfASourceThatIsNotConfiguredNamesIt() throws IOException {
        Path log = harness.append("access.log", "one\n");
        harness.run();
        harness.stop();
        List<String> before = sent();
        CheckpointReset reset =
                new CheckpointReset(harness.data, List.of(AgentHarness.tail(harness.logs, "other", "other.log")));
        assertThat(reset.reset(Selection.ALL, Target.END, harness.now()))
                .containsExactly("web: " + log + ": left at byte 4: its source is not configured");
        assertThat(reset.reset(Selection.ALL, Target.BEGINNING, harness.now()))
                .containsExactly(
                        "web: " + log + ": from byte 4 to byte 0 if it turns up: its source is not configured");
        harness.start();
        harness.run();
        assertThat(sent()).containsExactly(before.get(0), before.get(0));
    }

    @Test
    void resetRefusesUnknownNames() throws IOException {
        harness.append("access.log", "one\n");
        harness.run();
        harness.stop();
        assertThat(run("checkpoint", "reset", "--source=wbe", "--to=end")).isEqualTo(1);
        assertThat(err.toString()).contains("--source=wbe: unknown source; expected one of web");
        assertThat(run("checkpoint", "reset", "--path=/nowhere", "--to=end")).isEqualTo(1);
        assertThat(err.toString()).contains("--path=/nowhere: no file of the checkpoint has this path");
        assertThat(run("checkpoint", "reset", "--to=end")).as("no selection").isEqualTo(2);
        assertThat(run("--set=data.dir=/nowhere", "checkpoint", "show"))
                .as("options in front count")
                .isEqualTo(1);
        assertThat(err.toString()).contains("data.dir=/nowhere: there is no checkpoint");
    }

    @Test
    void checkpointIsShown() throws IOException {
        assertThat(run("checkpoint", "show")).isEqualTo(1);
        assertThat(err.toString()).contains("there is no checkpoint");
        harness.append("access.log", "one\n");
        harness.producer.holding = true;
        harness.run();
        assertThat(run("checkpoint", "show", "--output=json")).isZero();
        assertThat(json()).singleElement().satisfies(file -> {
            assertThat(file.get("path").asText())
                    .isEqualTo(harness.log("access.log").toString());
            assertThat(file.get("position").asLong()).isZero();
            assertThat(file.get("sentTo").asLong()).isEqualTo(4);
        });
    }

    @Test
    void checkNamesWhatDoesNotAnswer() throws IOException {
        harness.append("access.log", LINE);
        assertThat(run("--check")).isEqualTo(1);
        assertThat(out.toString())
                .containsPattern("OK +data.dir +" + harness.data + " can be written to, it has no checkpoint yet")
                .containsPattern("OK +source web +1 files can be read")
                .containsPattern("FAIL +brokers +no broker answers at bootstrap.servers=127.0.0.1:1")
                .containsPattern("FAIL +registry +schema.registry.url=http://127.0.0.1:1: no answer");
    }
}
