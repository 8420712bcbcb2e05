package io.tailrace.server.cluster;

import io.tailrace.log.Log;
import io.tailrace.log.LogConfig;
import io.tailrace.log.LogDirectory;
import io.tailrace.log.LogDirectoryConfig;
import io.tailrace.log.LogDirectoryOfflineException;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.server.config.StorageConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log directories of this broker. A new partition goes to the directory with the fewest partitions. A directory that fails or
 * cannot be opened takes only its own partitions offline. Thread-safe.
 */
public final class LogDirectories implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogDirectories.class);

    private final List<LogDirectory> directories;
    private final PartitionLogs logs;
    /** Whether a directory could not be opened, so that its logs are not known. */
    private final boolean lacksDirectory;

    private LogDirectories(List<LogDirectory> directories) {
        this.directories = directories;
        this.logs = new PartitionLogs(directories);
        this.lacksDirectory = directories.stream().anyMatch(LogDirectory::isOffline);
    }

    /**
     * The owner of the directories.
     *
     * @param background recovers and flushes
     * @param onOffline called once for each directory that fails after it was opened; must not block
     */
    record Owner(
            String clusterId,
            int brokerId,
            Function<String, LogConfig> configOfTopic,
            Executor background,
            BiConsumer<Path, IOException> onOffline) {}

    /**
     * Opens all directories and recovers the logs that were not closed properly. A directory or log that cannot be used is left
     * out.
     *
     * @throws IOException if a directory is another broker's, or none can be used
     */
    static LogDirectories open(StorageConfig storage, Owner owner, long nowMs) throws IOException {
        List<LogDirectory> opened = new ArrayList<>();
        LogDirectories all = null;
        try {
            for (Path path : storage.directories()) {
                LogDirectoryConfig config = new LogDirectoryConfig(
                        path,
                        owner.clusterId(),
                        owner.brokerId(),
                        storage.freeBytesMin(),
                        storage.producerIdExpirationMs(),
                        storage.producerIdsMax());
                opened.add(LogDirectory.open(
                        config,
                        owner.configOfTopic(),
                        owner.background(),
                        failure -> owner.onOffline().accept(path, failure),
                        nowMs));
            }
            all = new LogDirectories(opened);
            all.logs.finishMoves(nowMs);
            if (all.areAllOffline()) {
                throw new IOException(
                        "no log directory can be used, the log names the reason for each: mend or replace the disks of "
                                + storage.directories());
            }
            return all;
        } catch (IOException | RuntimeException e) {
            opened.forEach(directory -> closeAfter(e, directory));
            throw e;
        }
    }

    private static void closeAfter(Exception failure, LogDirectory directory) {
        try {
            directory.close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** The directory at a path, as {@link #contents} shows it. */
    Optional<LogDirectory> at(String path) {
        return directories.stream()
                .filter(directory ->
                        directory.path().toAbsolutePath().toString().equals(path))
                .findFirst();
    }

    /** The path of the directory that the log of an open partition is in now. */
    public Optional<Path> pathOf(TopicPartition partition) {
        return logs.movable(partition)
                .flatMap(log -> logs.directoryOf(log.current()))
                .map(LogDirectory::path);
    }

    /** The log of each partition. */
    PartitionLogs logs() {
        return logs;
    }

    /** All of them, in the order of the configuration. */
    public List<LogDirectory> all() {
        return directories;
    }

    /** Directories that were usable when they were opened. */
    List<Path> usablePaths() {
        return directories.stream()
                .filter(directory -> !directory.isOffline())
                .map(LogDirectory::path)
                .toList();
    }

    /** Whether the last process closed all of them, and every log could be loaded: nothing written can be lost. */
    boolean wereCleanlyClosed() {
        return directories.stream().allMatch(LogDirectory::wasCleanlyClosed);
    }

    /** Whether no working directory is left. */
    boolean areAllOffline() {
        return directories.stream().allMatch(LogDirectory::isOffline);
    }

    /** Whether all of them work. */
    boolean areAllOnline() {
        return directories.stream().noneMatch(LogDirectory::isOffline);
    }

    /** Whether a log that is in none of them may be in a directory that could not be opened. */
    boolean lacksDirectory() {
        return lacksDirectory;
    }

    /** Partitions whose logs are in the directory at {@code path}. */
    List<TopicPartition> partitionsIn(Path path) {
        return directories.stream()
                .filter(directory -> directory.path().equals(path))
                .flatMap(directory -> directory.logs().stream())
                .filter(logs::isCurrent)
                .map(Log::partition)
                .toList();
    }

    /** Partitions that have a log, damaged ones included. */
    Set<TopicPartition> partitions() {
        Set<TopicPartition> partitions = new HashSet<>();
        for (LogDirectory directory : directories) {
            directory.logs().forEach(log -> partitions.add(log.partition()));
            partitions.addAll(directory.unopenedLogs().keySet());
        }
        return partitions;
    }

    /**
     * A directory and its contents.
     *
     * @param logs by partition; empty for a directory that is offline
     * @param copies of logs that are moving there, by partition
     */
    public record Contents(
            Path path, boolean offline, Map<TopicPartition, LogSize> logs, Map<TopicPartition, LogSize> copies) {}

    /**
     * The size of a log.
     *
     * @param bytes of its segments
     * @param logEndOffset exclusive
     */
    public record LogSize(long bytes, long logEndOffset) {}

    /**
     * The replicas that move to a directory.
     *
     * @param replicas how many replicas
     * @param bytesLeft approximately how many of their bytes are not copied yet
     */
    public record Arriving(int replicas, long bytesLeft) {}

    /** The replicas that move to a directory. */
    public Arriving arriving(LogDirectory directory) {
        Collection<Log> copies =
                directory.isOffline() ? List.of() : directory.futures().copies();
        long bytesLeft = copies.stream()
                .mapToLong(copy -> logs.movable(copy.partition())
                        .map(log -> Math.max(0, log.current().sizeInBytes() - copy.sizeInBytes()))
                        .orElse(0L))
                .sum();
        return new Arriving(copies.size(), bytesLeft);
    }

    /** All directories, in the order of the configuration. */
    public List<Contents> contents() {
        return directories.stream()
                .map(directory -> {
                    boolean offline = directory.isOffline();
                    return new Contents(
                            directory.path(),
                            offline,
                            offline ? Map.of() : sizes(directory.logs().stream().filter(logs::isCurrent)),
                            offline ? Map.of() : sizes(directory.futures().copies().stream()));
                })
                .toList();
    }

    private static Map<TopicPartition, LogSize> sizes(Stream<Log> logs) {
        Map<TopicPartition, LogSize> sizes = new HashMap<>();
        logs.forEach(log -> sizes.put(log.partition(), new LogSize(log.sizeInBytes(), log.logEndOffset())));
        return sizes;
    }

    /** Partitions whose logs could not be opened. */
    Set<TopicPartition> unopenedPartitions() {
        return directories.stream()
                .flatMap(directory -> directory.unopenedLogs().keySet().stream())
                .collect(Collectors.toSet());
    }

    /** The high watermarks as they were last written. */
    Map<TopicPartition, Long> readHighWatermarks() {
        Map<TopicPartition, Long> all = new HashMap<>();
        for (LogDirectory directory : directories) {
            try {
                all.putAll(directory.readHighWatermarks());
            } catch (IOException e) {
                LOG.warn("High watermarks not read, counting from 0: {}: {}", directory.path(), e.getMessage());
            }
        }
        return all;
    }

    /** Writes the high watermarks of a directory's partitions into it. */
    static void writeHighWatermarks(LogDirectory directory, ToLongFunction<TopicPartition> highWatermark) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (Log log : directory.logs()) {
            offsets.put(log.partition(), highWatermark.applyAsLong(log.partition()));
        }
        try {
            directory.writeHighWatermarks(offsets);
        } catch (LogDirectoryOfflineException e) {
            LOG.debug("High watermarks not written: {}", e.getMessage());
        } catch (IOException e) {
            LOG.error("High watermarks not written: {}", directory.path(), e);
        }
    }

    /** Closes all of them, those that work with the marker of a clean shutdown. */
    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (LogDirectory directory : directories) {
            try {
                if (directory.isOffline()) {
                    LOG.warn("Failed log directory is left as it is, the next start recovers it: {}", directory.path());
                    directory.abandon();
                } else {
                    directory.close();
                }
            } catch (IOException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
