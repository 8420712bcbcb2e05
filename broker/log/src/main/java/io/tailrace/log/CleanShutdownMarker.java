package io.tailrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** The empty file {@code .kafka_cleanshutdown}: present between a clean stop and the next start. */
final class CleanShutdownMarker {
    private final Disk disk;
    private final Path directory;
    private final Path file;

    CleanShutdownMarker(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
        this.file = directory.resolve(".kafka_cleanshutdown");
    }

    boolean exists() {
        return Files.exists(file);
    }

    void remove() throws IOException {
        if (Files.deleteIfExists(file)) {
            disk.syncDirectory(directory);
        }
    }

    void write() throws IOException {
        AtomicFile.replace(disk, file, ByteBuffer.allocate(0));
    }
}
