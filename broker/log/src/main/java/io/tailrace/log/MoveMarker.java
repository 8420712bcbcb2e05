package io.tailrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The file {@code move} in a partition's directory: the log in it is a copy of one in another log directory. {@code copying}: it
 * lacks records. {@code complete}: it has taken the other log's place, but the other log's files may still exist. Without this
 * file, the log is the partition's only one.
 */
final class MoveMarker {
    private static final String FILE = "move";

    /** The progress of a move. */
    enum State {
        NONE,
        COPYING,
        COMPLETE
    }

    private MoveMarker() {}

    /** @throws CorruptLogException if the file holds anything else */
    static State read(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        if (!Files.exists(file)) {
            return State.NONE;
        }
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        return switch (text) {
            case "copying\n" -> State.COPYING;
            case "complete\n" -> State.COMPLETE;
            default -> throw new CorruptLogException(file, "expected copying or complete");
        };
    }

    static void write(Disk disk, Path directory, State state) throws IOException {
        String text = state == State.COMPLETE ? "complete\n" : "copying\n";
        AtomicFile.replace(disk, directory.resolve(FILE), ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    static void remove(Disk disk, Path directory) throws IOException {
        disk.delete(directory.resolve(FILE));
        disk.syncDirectory(directory);
    }
}
