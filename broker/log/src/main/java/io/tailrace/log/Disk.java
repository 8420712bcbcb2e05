package io.tailrace.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Access to the disk. Tests replace it to make channels fail or the disk fill up. */
interface Disk {
    /** The real disk. */
    Disk REAL = new Disk() {
        @Override
        public FileChannel open(Path file, OpenOption... options) throws IOException {
            return FileChannel.open(file, options);
        }

        @Override
        public long usableBytes(Path directory) {
            return directory.toFile().getUsableSpace();
        }
    };

    /** Opens a file. */
    FileChannel open(Path file, OpenOption... options) throws IOException;

    /** Free bytes of the disk that a directory is on. */
    long usableBytes(Path directory) throws IOException;

    /** Renames a file atomically, in place of one that has the new name. */
    default void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Deletes a file, if it exists. */
    default void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    /** Forces the entries of a directory: files created, renamed and removed. */
    default void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = open(directory, StandardOpenOption.READ)) {
            force(channel, directory, true);
        }
    }

    /**
     * Forces what was written to a file or directory.
     *
     * @param metadata whether to force its attributes too
     * @throws ForceFailedException if that fails, for whatever reason
     */
    static void force(FileChannel channel, Path file, boolean metadata) throws ForceFailedException {
        try {
            channel.force(metadata);
        } catch (IOException e) {
            throw new ForceFailedException(file, e);
        }
    }
}
