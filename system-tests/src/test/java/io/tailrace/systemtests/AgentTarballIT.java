package io.tailrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tarball that has the agent alone, unpacked on a web server. */
class AgentTarballIT {
    private Path folder;

    @BeforeEach
    void unpack(@TempDir Path empty) throws Exception {
        folder = empty;
        Command.run(
                        "",
                        Map.of(),
                        List.of(
                                "tar",
                                "-xzf",
                                Command.artifact("tailrace-agent-*.tar.gz").toString(),
                                "--strip-components=1",
                                "--directory=" + folder))
                .requireSuccess();
    }

    private Command run(String... arguments) throws IOException, InterruptedException {
        List<String> commandLine =
                new ArrayList<>(List.of(folder.resolve("scripts/tailrace").toString()));
        commandLine.addAll(List.of(arguments));
        return Command.run("", Map.of("TAILRACE_OPTS", Command.FAST_START), commandLine);
    }

    @Test
    void agentReadsTheShippedConfiguration() throws Exception {
        Command agent = run(
                "agent", "--config", folder.resolve("conf/agent.properties").toString(), "--set", "batch.bytes=many");

        assertThat(agent.exitCode()).as(agent.toString()).isEqualTo(2);
        assertThat(agent.err()).contains("batch.bytes=many: expected a whole number");
        assertThat(folder.resolve("docs/agents.md")).isRegularFile();
        assertThat(folder.resolve("LICENSE")).isRegularFile();
    }

    @Test
    void helpShowsTheAgentAlone() throws Exception {
        assertThat(run("--help").requireSuccess()).contains("\n  agent ").doesNotContain("broker");
    }

    @ParameterizedTest
    @ValueSource(strings = {"broker", "quickstart", "hive", "topics", "agnet"})
    void otherCommandsAreRefused(String command) throws Exception {
        Command refused = run(command, "--help");

        assertThat(refused.exitCode()).as(refused.toString()).isEqualTo(2);
        assertThat(refused.err())
                .isEqualTo("tailrace: %s: %s has only the agent; other commands are in tailrace-VERSION.tar.gz\n"
                        .formatted(command, folder.toRealPath()));
    }
}
