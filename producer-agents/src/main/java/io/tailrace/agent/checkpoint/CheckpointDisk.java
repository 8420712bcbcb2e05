package io.tailrace.agent.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** The steps of writing a checkpoint. Separate, so that a test can crash between any two of them. */
interface CheckpointDisk {
    CheckpointDisk REAL = new CheckpointDisk() {
        @Override
        public void write(Path file, byte[] bytes) throws IOException {
            Files.write(file, bytes);
        }

        @Override
        public void append(Path file, byte[] bytes) throws IOException {
            Files.write(file, bytes, StandardOpenOption.APPEND);
        }

        @Override
        public void force(Path file) throws IOException {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }

        @Override
        public void forceDirectory(Path directory) throws IOException {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    };

    /** Writes a file. Until it is forced, a crash may leave it torn or missing. */
    void write(Path file, byte[] bytes) throws IOException;

    /** Adds bytes at the end of a file that exists. Until it is forced, a crash of the machine may leave a part of them. */
    void append(Path file, byte[] bytes) throws IOException;

    /** Returns once the file's bytes are on the disk. */
    void force(Path file) throws IOException;

    /** Renames a file over another one, atomically. */
    void rename(Path from, Path to) throws IOException;

    /** Returns once the names in a directory are on the disk. */
    void forceDirectory(Path directory) throws IOException;

    /** Reads a whole file. */
    default byte[] read(Path file) throws IOException {
        return Files.readAllBytes(file);
    }
}
