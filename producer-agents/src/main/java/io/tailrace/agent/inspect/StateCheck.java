package io.tailrace.agent.inspect;

import io.tailrace.agent.checkpoint.AgentCheckpointFile;
import io.tailrace.agent.checkpoint.Checkpoint;
import io.tailrace.agent.checkpoint.DataDirectoryLock;
import io.tailrace.agent.inspect.CheckReport.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks the data directory and the clock. */
public final class StateCheck {
    private static final String DATA_DIR = "data.dir";
    private static final Instant TOO_EARLY = Instant.parse("2024-01-01T00:00:00Z");

    private StateCheck() {}

    /** Checks that the directory can be written to and holds a checkpoint that can be read, or none. Writes nothing. */
    public static List<Finding> dataDirectory(Path directory) {
        Path existing = directory;
        while (!Files.exists(existing)) {
            Path above = existing.getParent();
            if (above == null) {
                return List.of(Finding.fail(DATA_DIR, directory + ": expected an absolute path"));
            }
            existing = above;
        }
        if (!Files.isDirectory(existing)) {
            return List.of(Finding.fail(DATA_DIR, existing + " is not a directory"));
        }
        if (!Files.isWritable(existing)) {
            return List.of(Finding.fail(
                    DATA_DIR,
                    existing + " cannot be written to by " + System.getProperty("user.name", "this user") + ": create "
                            + directory + " for the agent's user, or set another data.dir"));
        }
        return existing.equals(directory)
                ? contents(directory)
                : List.of(Finding.ok(DATA_DIR, directory + " does not exist yet: the agent creates it"));
    }

    private static List<Finding> contents(Path directory) {
        List<Finding> findings = new ArrayList<>();
        try {
            if (DataDirectoryLock.isHeld(directory)) {
                findings.add(Finding.warn(
                        DATA_DIR, directory + " is in use: an agent is running; another one needs its own data.dir"));
            }
        } catch (IOException e) {
            findings.add(Finding.fail(DATA_DIR, String.valueOf(e)));
        }
        try (AgentCheckpointFile file = new AgentCheckpointFile(directory)) {
            Optional<Checkpoint> checkpoint = file.read();
            findings.add(Finding.ok(
                    DATA_DIR,
                    directory + " can be written to, "
                            + checkpoint
                                    .map(known -> "its checkpoint has "
                                            + known.files().size() + " files")
                                    .orElse("it has no checkpoint yet")));
        } catch (IOException e) {
            findings.add(Finding.fail(DATA_DIR, String.valueOf(e.getMessage())));
        }
        return findings;
    }

    /** Checks that the machine's clock has been set. */
    public static List<Finding> clock(long wallMs) {
        Instant now = Instant.ofEpochMilli(wallMs);
        return List.of(
                now.isBefore(TOO_EARLY)
                        ? Finding.fail(
                                "clock",
                                now
                                        + ": set the machine's clock, as lines with the right time are refused as ahead of it")
                        : Finding.ok("clock", now.toString()));
    }
}
