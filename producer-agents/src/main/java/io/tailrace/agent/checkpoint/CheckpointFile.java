package io.tailrace.agent.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The file {@code checkpoint.json} in the agent's data directory. */
public final class CheckpointFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;
    private final Path file;
    private final Path temporary;
    private final Disk disk;

    public CheckpointFile(Path directory) {
        this(directory, Disk.REAL);
    }

    CheckpointFile(Path directory, Disk disk) {
        this.directory = directory;
        this.file = directory.resolve("checkpoint.json");
        this.temporary = directory.resolve("checkpoint.json.tmp");
        this.disk = disk;
    }

    /**
     * The last checkpoint that was written.
     *
     * @return empty when there is none
     * @throws IOException if the file is there and is none; it is not passed over, since starting anew repeats
     *     everything
     */
    public Optional<Checkpoint> read() throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Checkpoint checkpoint = JSON.readValue(disk.read(file), Checkpoint.class);
            if (checkpoint.version() != Checkpoint.VERSION) {
                throw new IOException(file + ": version " + checkpoint.version() + ", expected " + Checkpoint.VERSION
                        + ": it was written by another release of the agent");
            }
            return Optional.of(checkpoint);
        } catch (JsonProcessingException e) {
            throw new IOException(
                    file + ": not a checkpoint (" + e.getOriginalMessage()
                            + "). Restore it, or delete it to read every file from its beginning",
                    e);
        }
    }

    /** Replaces the checkpoint. When this returns, it survives a crash; when it throws, the old or the new one is there. */
    public void write(Checkpoint checkpoint) throws IOException {
        disk.write(temporary, JSON.writeValueAsBytes(checkpoint));
        disk.force(temporary);
        disk.rename(temporary, file);
        disk.forceDirectory(directory);
    }
}
