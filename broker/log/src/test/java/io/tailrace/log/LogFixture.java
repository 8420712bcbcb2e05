package io.tailrace.log;

import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A log directory with one log, a clock, and a copy as kill -9 would leave it. */
final class LogFixture implements AutoCloseable {
    static final TopicPartition PARTITION = new TopicPartition("access-log", 0);
    static final LogConfig SMALL_SEGMENTS = LogConfig.DEFAULTS
            .with(new LogConfig.Roll(4096, Long.MAX_VALUE, 10 << 20, 256))
            .withFileDeleteDelayMs(0);

    final Path path;
    final List<IOException> failures = new ArrayList<>();
    LogConfig config;
    long freeBytesMin;
    int producerIdsMax = 100;
    Disk disk = Disk.REAL;
    Executor executor = Runnable::run;
    long nowMs = 1_700_000_000_000L;

    private @Nullable LogDirectory directory;

    LogFixture(Path path, LogConfig config) {
        this.path = path;
        this.config = config;
    }

    LogDirectory open() throws IOException {
        LogDirectoryConfig directoryConfig =
                new LogDirectoryConfig(path, "cluster-1", 1, freeBytesMin, 24 * 3_600_000L, producerIdsMax);
        LogDirectory opened = LogDirectory.open(directoryConfig, topic -> config, executor, failures::add, nowMs, disk);
        directory = opened;
        return opened;
    }

    Log openLog() throws IOException {
        open();
        return log();
    }

    LogDirectory directory() {
        return Objects.requireNonNull(directory);
    }

    Log log() throws IOException {
        return directory().create(PARTITION, config, nowMs);
    }

    long append(ByteBuffer batch) throws IOException {
        return append(batch, 0);
    }

    long append(ByteBuffer batch, int epoch) throws IOException {
        AppendResult result = log().appendAsLeader(batch, epoch, nowMs);
        if (result instanceof AppendResult.Appended appended) {
            return appended.baseOffset();
        }
        throw new AssertionError(result);
    }

    /** Stops as on SIGTERM. */
    void stop() throws IOException {
        directory().close();
    }

    /** Closes and opens again. */
    Log restart() throws IOException {
        directory().close();
        return openLog();
    }

    /** A copy of the directory as kill -9 would leave it. */
    LogFixture crashedCopy(Path target) throws IOException {
        copy(path, target);
        LogFixture copy = new LogFixture(target, config);
        copy.nowMs = nowMs;
        copy.disk = disk;
        return copy;
    }

    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    Path partitionPath() {
        return path.resolve(PARTITION.toString());
    }

    /** The partition's files with a suffix, oldest first. */
    List<Path> files(String suffix) throws IOException {
        try (Stream<Path> files = Files.list(partitionPath())) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        }
    }

    static void flipBit(Path file, long position) throws IOException {
        try (FileChannel channel = Disk.REAL.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            Channels.readFully(channel, one, position);
            one.put(0, (byte) (one.get(0) ^ 0x10)).flip();
            Channels.writeFully(channel, one, position);
        }
    }

    static void cut(Path file, long bytes) throws IOException {
        try (FileChannel channel = Disk.REAL.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        if (directory != null) {
            directory.close();
        }
    }
}
