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
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** An administrator's commands, with a broker and a registry, before the agent runs and while it does. */
class AgentCommandsIT {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static TestCluster cluster;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void startCluster() throws Exception {
        cluster = TestCluster.start(folder.resolve("cluster"));
    }

    @AfterAll
    static void stopCluster() throws InterruptedException {
        cluster.close();
    }

    /** Subcommands, the settings, and options that may override them. */
    private static List<String> arguments(String... more) {
        List<String> all = new ArrayList<>();
        Stream.of(more).filter(argument -> !argument.startsWith("--")).forEach(all::add);
        for (String setting : List.of(
                "bootstrap.servers=" + cluster.bootstrap(),
                "schema.registry.url=" + cluster.registry(),
                "data.dir=" + folder.resolve("data"),
                "source.web.paths=" + folder.resolve("access.log"),
                "source.web.format=raw",
                "source.web.topic=web")) {
            all.add("--set=" + setting);
        }
        Stream.of(more).filter(argument -> argument.startsWith("--")).forEach(all::add);
        return all;
    }

    private int run(String... more) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        CommandLine command = AgentCommand.commandLine();
        setWriters(command);
        return command.execute(arguments(more).toArray(String[]::new));
    }

    private void setWriters(CommandLine command) {
        command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        command.getSubcommands().values().forEach(this::setWriters);
    }

    private JsonNode status() throws IOException {
        assertThat(run("--status", "--output=json")).isZero();
        return new ObjectMapper().readTree(out.toString());
    }

    /**
     * Checks until the result is the expected one: a topic that was created a moment ago has no leader yet, and a slow broker may not
     * answer within the limit of a check.
     */
    private void awaitCheck(int exitCode, String pattern, String... more) {
        List<String> arguments = new ArrayList<>(List.of(more));
        arguments.add("--check");
        Awaitility.await().untilAsserted(() -> {
            int found = run(arguments.toArray(String[]::new));
            assertThat(out.toString()).containsPattern(pattern);
            assertThat(found).as(out.toString()).isEqualTo(exitCode);
        });
    }

    /** A field of the only file in the checkpoint. */
    private String checkpoint(String field) throws IOException {
        assertThat(run("checkpoint", "show", "--output=json")).isZero();
        JsonNode files = new ObjectMapper().readTree(out.toString());
        assertThat(files).hasSize(1);
        return files.get(0).get(field).asText();
    }

    @Test
    void agentIsCheckedBeforeItRunsAndWatchedWhileItDoes() throws Exception {
        awaitCheck(1, "OK +subject web-value +has no schema yet: the agent registers");
        assertThat(out.toString())
                .containsPattern("FAIL +source web +.*access.log: no file matches")
                .containsPattern("OK +brokers +a cluster of 1 answers")
                .containsPattern("WARN +topic web +does not exist: brokers create it")
                .containsPattern("OK +topic tailrace-audit-progress +does not exist yet: the agent creates it");

        Files.writeString(folder.resolve("access.log"), "one\ntwo\n");
        awaitCheck(0, "OK +source web +1 files can be read");
        awaitCheck(0, "OK +transactional id .* has no coordinator yet", "--set=transactions=true");
        assertThat(out.toString()).containsPattern("OK +transactions +the brokers have transaction.version=2");
        assertThat(run("--check", "--set=source.web.format=logformat", "--set=source.web.pattern=%h"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("source.web: log format \"%h\"");

        ChildProcess agent = new ChildProcess("io.tailrace.agent.AgentCommand", "128m", arguments());
        agent.await("(agent is ready)");
        Awaitility.await().ignoreExceptions().untilAsserted(() -> assertThat(status())
                .singleElement()
                .satisfies(file -> assertThat(file.get("lagBytes").asLong()).isZero()));
        assertThat(run("checkpoint", "reset", "--all", "--to=end")).isEqualTo(1);
        assertThat(err.toString()).contains("another agent is running here");
        awaitCheck(0, "OK +subject web-value +takes ");
        assertThat(out.toString())
                .containsPattern("WARN +data.dir +.* is in use: an agent is running")
                .containsPattern("OK +topic web +1 partitions");
        awaitCheck(1, "FAIL +subject web-value +refuses ", "--set=source.web.format=combined");
        agent.terminate();
        assertThat(agent.awaitExit()).isZero();

        String identity = checkpoint("fileId");
        assertThat(run("checkpoint", "reset", "--all", "--to=beginning")).isZero();
        assertThat(out.toString()).contains("access.log: from byte 8 to byte 0");
        assertThat(checkpoint("position")).isEqualTo("0");
        assertThat(new ChildProcess("io.tailrace.agent.AgentCommand", "128m", arguments("--once")).awaitExit())
                .isZero();
        assertThat(checkpoint("position")).isEqualTo("8");
        assertThat(checkpoint("fileId")).isEqualTo(identity);
    }
}
