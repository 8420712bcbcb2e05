package io.tailrace.agent.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** The four steps that make a write atomic, apart so that a test can crash between any two of them. */
interface Disk {
    Disk REAL = new Disk() {
        @Override
        public void write(Path file, byte[] bytes) throws IOException {
            Files.write(file, bytes);
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

    /** Writes a file anew. May be torn, or not be there, after a crash until it is forced. */
    void write(Path file, byte[] bytes) throws IOException;

    /** Returns when the file's bytes are on the disk. */
    void force(Path file) throws IOException;

    /** Gives a file the name of another, which is gone by it. Atomic. */
    void rename(Path from, Path to) throws IOException;

    /** Returns when the names in a directory are on the disk. */
    void forceDirectory(Path directory) throws IOException;

    /** All the bytes of a file. */
    default byte[] read(Path file) throws IOException {
        return Files.readAllBytes(file);
    }
}
