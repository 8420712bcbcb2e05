package io.tailrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * A small text file that is replaced whole: a version, the number of lines, and the lines, as Kafka writes its
 * checkpoints ({@code docs/format.md}). Written to a temporary file, forced, renamed: a crash leaves the old or the new.
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
     * The lines, or empty if there is no file.
     *
     * @throws CorruptLogException if version or count is not as it must be
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
        replace(disk, path, ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    CorruptLogException corrupt(String entry) {
        return new CorruptLogException(path, "unreadable entry \"" + entry + "\"");
    }

    /** Replaces a file whole, or leaves it as it is and no temporary file behind. */
    static void replace(Disk disk, Path path, ByteBuffer content) throws IOException {
        Path temporary = path.resolveSibling(path.getFileName() + LogFiles.TEMPORARY);
        try {
            replace(disk, path, temporary, content);
        } catch (IOException e) {
            try {
                Files.deleteIfExists(temporary);
            } catch (IOException deleting) {
                e.addSuppressed(deleting);
            }
            throw e;
        }
    }

    private static void replace(Disk disk, Path path, Path temporary, ByteBuffer content) throws IOException {
        try (FileChannel channel = disk.open(
                temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING)) {
            Channels.writeFully(channel, content, 0);
            channel.force(true);
        }
        Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Path directory = path.getParent();
        if (directory != null) {
            disk.syncDirectory(directory);
        }
    }
}
