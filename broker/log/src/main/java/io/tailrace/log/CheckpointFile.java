package io.tailrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A small text file that is replaced as a whole: a version, the number of entries, and one entry per line, as in Kafka's
 * checkpoints ({@code docs/format.md}).
 */
final class CheckpointFile {
    private static final String VERSION = "0";

    private final Disk disk;
    private final Path path;

    CheckpointFile(Disk disk, Path path) {
        this.disk = disk;
        this.path = path;
    }

    /**
     * The entries, or empty if there is no file.
     *
     * @throws CorruptLogException if version or count is wrong
     */
    Optional<List<String>> read() throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(path, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (CharacterCodingException e) {
            throw new CorruptLogException(path, "not UTF-8 text");
        }
        if (lines.size() < 2 || !lines.get(0).equals(VERSION)) {
            throw new CorruptLogException(path, "expected version 0 in the first line and a count in the second");
        }
        List<String> entries = lines.subList(2, lines.size());
        if (!lines.get(1).equals(String.valueOf(entries.size()))) {
            throw new CorruptLogException(path, "expected " + lines.get(1) + " entries, found " + entries.size());
        }
        return Optional.of(entries);
    }

    void write(List<String> entries) throws IOException {
        StringBuilder text = new StringBuilder();
        text.append(VERSION).append('\n').append(entries.size()).append('\n');
        entries.forEach(entry -> text.append(entry).append('\n'));
        AtomicFile.replace(disk, path, ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    /** Removes the file, durably. Needs no space. */
    void delete() throws IOException {
        if (Files.deleteIfExists(path)) {
            Path directory = path.getParent();
            if (directory != null) {
                disk.syncDirectory(directory);
            }
        }
    }

    CorruptLogException corrupt(String entry) {
        return new CorruptLogException(path, "unreadable entry \"" + entry + "\"");
    }
}
