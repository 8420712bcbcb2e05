package io.tailrace.systemtests;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/** A disk of a fixed size, mounted over a folder, that a test can fill to the last byte. Mounting requires root. */
final class SmallDisk implements AutoCloseable {
    private static final int CHUNK_BYTES = 1 << 16;

    private final Path folder;

    private SmallDisk(Path folder) {
        this.folder = folder;
    }

    /** Whether this process may mount a disk. */
    static boolean isPermitted() throws IOException, InterruptedException {
        Path probe = Files.createTempDirectory("disk");
        try {
            if (mount(probe, 1).exitCode() != 0) {
                return false;
            }
            unmount(probe);
            return true;
        } finally {
            Files.delete(probe);
        }
    }

    /** Mounts an empty disk over {@code folder}, hiding what the folder holds until the disk is closed. */
    static SmallDisk over(Path folder, int megabytes) throws IOException, InterruptedException {
        mount(folder, megabytes).requireSuccess();
        return new SmallDisk(folder);
    }

    private static Command mount(Path folder, int megabytes) throws IOException, InterruptedException {
        return Command.run(
                "",
                Map.of(),
                List.of("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", folder.toString()));
    }

    private static void unmount(Path folder) throws IOException, InterruptedException {
        Command.run("", Map.of(), List.of("umount", folder.toString())).requireSuccess();
    }

    /** Writes a file until the disk has no byte left. */
    void fill() throws IOException {
        try (FileChannel filler = FileChannel.open(filler(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int bytes = CHUNK_BYTES; bytes > 0; ) {
                try {
                    filler.write(ByteBuffer.allocate(bytes));
                } catch (IOException full) {
                    bytes /= 2;
                }
            }
        }
    }

    /** Gives back the space that {@link #fill} took. */
    void free() throws IOException {
        Files.deleteIfExists(filler());
    }

    private Path filler() {
        return folder.resolve("somebody-elses-file");
    }

    @Override
    public void close() throws IOException {
        try {
            unmount(folder);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while unmounting " + folder, e);
        }
    }
}
