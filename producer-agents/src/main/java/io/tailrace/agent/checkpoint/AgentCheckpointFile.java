package io.tailrace.agent.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The file {@code checkpoint.json} in the agent's data directory. Not thread-safe. */
public final class AgentCheckpointFile {
    private final Path directory;
    private final Path file;
    private final Path temporary;
    private final CheckpointDisk disk;

    public AgentCheckpointFile(Path directory) {
        this(directory, CheckpointDisk.REAL);
    }

    AgentCheckpointFile(Path directory, CheckpointDisk disk) {
        this.directory = directory;
        this.file = directory.resolve("checkpoint.json");
        this.temporary = directory.resolve("checkpoint.json.tmp");
        this.disk = disk;
    }

    /**
     * Reads the last checkpoint that was written.
     *
     * @return empty if the agent is new
     * @throws IOException if the file cannot be read or is not a checkpoint; starting without it would send everything
     *     again
     */
    public Optional<Checkpoint> read() throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        byte[] bytes = disk.read(file);
        try {
            return Optional.of(CheckpointFormat.decode(bytes));
        } catch (IOException e) {
            throw new IOException(
                    file + ": not a checkpoint: " + e.getMessage()
                            + ". Restore the file, or delete it to read every log from its beginning",
                    e);
        }
    }

    /** Replaces the checkpoint. After a return it survives a crash; after an exception the old or the new one is there. */
    public void write(Checkpoint checkpoint) throws IOException {
        disk.write(temporary, CheckpointFormat.encode(checkpoint));
        disk.force(temporary);
        disk.rename(temporary, file);
        disk.forceDirectory(directory);
    }
}
