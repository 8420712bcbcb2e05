package io.tailrace.agent.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Says, in {@code positions.json} beside the checkpoint, whether a topic has the agent's positions. The checkpoint is a copy of them then,
 * perhaps an older one. Without the file, the checkpoint has the positions, whatever a topic says. Not thread-safe.
 */
public final class PositionsOwner {
    private final Path directory;
    private final Path file;
    private final Path temporary;
    private final CheckpointDisk disk;

    /**
     * A topic that has the positions.
     *
     * @param agentId under which it has them
     * @param fromSequence of the first transaction since whose commit it has them; before, the checkpoint has
     */
    public record Claim(String topic, String agentId, long fromSequence) {}

    PositionsOwner(Path directory, CheckpointDisk disk) {
        this.directory = directory;
        this.file = directory.resolve("positions.json");
        this.temporary = directory.resolve("positions.json.tmp");
        this.disk = disk;
    }

    /**
     * The topic that has the positions; empty if the checkpoint has.
     *
     * @throws IOException if the file cannot be read or says something else
     */
    public Optional<Claim> claim() throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            CheckpointValue root = CheckpointFormat.parse(disk.read(file));
            if (root.has("checkpoint")) {
                return Optional.empty();
            }
            root.expectOnly("topic", "agentId", "fromSequence");
            return Optional.of(new Claim(
                    root.get("topic").text(),
                    root.get("agentId").text(),
                    root.get("fromSequence").number(0)));
        } catch (IOException e) {
            throw new IOException(
                    file + ": " + e.getMessage()
                            + ". Delete it, if the checkpoint beside it is newer than what the topic of the positions has",
                    e);
        }
    }

    /** Whether the topic has the positions of an agent, of which it has committed a sequence. */
    public boolean isTopic(String topic, String agentId, long committedSequence) throws IOException {
        return claim().filter(claim -> claim.topic().equals(topic)
                        && claim.agentId().equals(agentId)
                        && claim.fromSequence() <= committedSequence)
                .isPresent();
    }

    /** Has a topic have the positions from a commit on. On the disk when this returns. */
    public void give(Claim claim) throws IOException {
        if (!claim().equals(Optional.of(claim))) {
            write(CheckpointFormat.newObject()
                    .put("topic", claim.topic())
                    .put("agentId", claim.agentId())
                    .put("fromSequence", claim.fromSequence()));
        }
    }

    /** Has the checkpoint have the positions. On the disk when this returns. */
    public void takeBack() throws IOException {
        if (Files.exists(file) && claim().isPresent()) {
            write(CheckpointFormat.newObject().put("checkpoint", true));
        }
    }

    private void write(ObjectNode owner) throws IOException {
        disk.write(temporary, CheckpointFormat.print(owner));
        disk.force(temporary);
        disk.rename(temporary, file);
        disk.forceDirectory(directory);
    }
}
