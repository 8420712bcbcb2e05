package io.tailrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Replaces a small file as a whole. The content is written to {@code <name>.tmp}, forced and renamed, and the directory is
 * forced: after a crash the file holds the old content or the new. One writer at a time per file.
 */
public final class AtomicFile {
    private AtomicFile() {}

    /**
     * Replaces a file, or creates it.
     *
     * @param content the new content, from position to limit
     * @throws IOException if that fails; the file keeps its old content unless only the last sync failed, and no temporary
     *     file stays behind
     */
    public static void replace(Path path, ByteBuffer content) throws IOException {
        replace(Disk.REAL, path, content);
    }

    static void replace(Disk disk, Path path, ByteBuffer content) throws IOException {
        Path temporary = path.resolveSibling(path.getFileName() + LogFiles.TEMPORARY);
        try {
            write(disk, temporary, content);
            disk.move(temporary, path);
        } catch (IOException e) {
            deleteAfter(e, temporary);
            throw e;
        }
        Path directory = path.getParent();
        if (directory != null) {
            disk.syncDirectory(directory);
        }
    }

    /** A sync that fails for lack of space harms only the temporary file, so it stays a plain exception. */
    private static void write(Disk disk, Path temporary, ByteBuffer content) throws IOException {
        try (FileChannel channel = disk.open(
                temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING)) {
            Channels.writeFully(channel, content, 0);
            channel.force(true);
        }
    }

    private static void deleteAfter(IOException failure, Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }
}
