package io.tailrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** A disk that fails from one of its operations on, as if the machine had lost power, and can then lose what was not forced. */
final class CrashingDisk implements Disk {
    /** Operations that change something and were carried out. */
    private int operations;

    private final int crashAt;
    /** Files by their current names, with the bytes that were forced. */
    private final Map<Path, AtomicLong> forcedBytes = new HashMap<>();

    /** A disk that carries out this many operations. */
    CrashingDisk(int crashAt) {
        this.crashAt = crashAt;
    }

    boolean hasCrashed() {
        return operations >= crashAt;
    }

    /** Cuts off what was written and not forced. */
    void loseUnforced() throws IOException {
        for (Map.Entry<Path, AtomicLong> file : forcedBytes.entrySet()) {
            if (Files.exists(file.getKey())
                    && Files.size(file.getKey()) > file.getValue().get()) {
                LogFixture.cut(file.getKey(), file.getValue().get());
            }
        }
    }

    private void operate() throws IOException {
        if (hasCrashed()) {
            throw new IOException("Input/output error: the power is off");
        }
        operations++;
    }

    @Override
    public FileChannel open(Path file, OpenOption... options) throws IOException {
        List<OpenOption> given = Arrays.asList(options);
        if (!given.contains(StandardOpenOption.WRITE)) {
            return new ChannelFilter(Disk.REAL.open(file, options));
        }
        operate();
        boolean isEmpty = given.contains(StandardOpenOption.TRUNCATE_EXISTING) || !Files.exists(file);
        AtomicLong forced =
                isEmpty ? new AtomicLong() : forcedBytes.getOrDefault(file, new AtomicLong(Files.size(file)));
        forcedBytes.put(file, forced);
        return new Channel(Disk.REAL.open(file, options), forced);
    }

    @Override
    public long usableBytes(Path directory) {
        return Long.MAX_VALUE / 2;
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        operate();
        Disk.REAL.move(from, to);
        AtomicLong forced = forcedBytes.remove(from);
        if (forced != null) {
            forcedBytes.put(to, forced);
        }
    }

    @Override
    public void delete(Path file) throws IOException {
        operate();
        Disk.REAL.delete(file);
        forcedBytes.remove(file);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        operate();
    }

    private final class Channel extends ChannelFilter {
        private final AtomicLong forced;

        Channel(FileChannel real, AtomicLong forced) {
            super(real);
            this.forced = forced;
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            operate();
            return super.write(source, position);
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            operate();
            forced.set(Math.min(forced.get(), size));
            return super.truncate(size);
        }

        @Override
        public void force(boolean metaData) throws IOException {
            operate();
            forced.set(size());
        }
    }
}
