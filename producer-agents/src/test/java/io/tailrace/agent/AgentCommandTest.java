package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
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
