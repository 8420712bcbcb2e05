package io.tailrace.agent;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Gives each test an agent that reads raw lines, in its own folder. */
abstract class AgentFixture {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    AgentHarness harness;

    @BeforeEach
    void startAgent() throws IOException {
        harness = AgentHarness.raw(folder);
    }

    @AfterEach
    void closeAgent() {
        harness.close();
    }
}
