package io.tailrace.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;

/** A disk that can be replaced while a log is open, for the files that are opened from then on. */
final class SwitchableDisk implements Disk {
    private volatile Disk disk;

    SwitchableDisk(Disk disk) {
        this.disk = disk;
    }

    void use(Disk other) {
        disk = other;
    }

    @Override
    public FileChannel open(Path file, OpenOption... options) throws IOException {
        return disk.open(file, options);
    }

    @Override
    public long usableBytes(Path directory) throws IOException {
        return disk.usableBytes(directory);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        disk.move(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
        disk.delete(file);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        disk.syncDirectory(directory);
    }
}
