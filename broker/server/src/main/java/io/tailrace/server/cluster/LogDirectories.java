package io.tailrace.server.cluster;

import io.tailrace.log.CorruptLogException;
import io.tailrace.log.Log;
import io.tailrace.log.LogConfig;
import io.tailrace.log.LogDirectory;
import io.tailrace.log.LogDirectoryConfig;
import io.tailrace.log.LogDirectoryOfflineException;
import io.tailrace.log.MovableLog;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.server.config.StorageConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log directories of this broker. A new partition is put where the fewest are. A directory that fails, or cannot be opened,
 * takes its own partitions offline and no others. Thread-safe.
 */
public final class LogDirectories implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogDirectories.class);

    /** Partitions that a client may place before they are assigned to this broker. */
    private static final int PREFERRED_MAX = 10_000;

    private final List<LogDirectory> directories;
    /** The logs of open partitions. */
    private final Map<TopicPartition, MovableLog> movable = new ConcurrentHashMap<>();
    /** Where the log of a partition is to be created, if a client has said so. */
    private final Map<TopicPartition, LogDirectory> preferred = new ConcurrentHashMap<>();
    /** Whether a directory could not be opened, so that it is not known which logs it has. */
    private final boolean lacksDirectory;

    private LogDirectories(List<LogDirectory> directories) {
        this.directories = directories;
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
     * Opens all directories and recovers the logs that were not closed properly. A directory or log that cannot be used is left out.
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
            all.settleArrivals(nowMs);
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

    /** Deletes logs that had moved to another directory when the last process ended. */
    private void settleArrivals(long nowMs) {
        for (LogDirectory to : directories) {
            for (TopicPartition partition : to.futures().arrived()) {
                try {
                    settle(partition, to, nowMs);
                } catch (IOException e) {
                    LOG.error("Log has moved, but its former files are not deleted: {}", partition, e);
                }
            }
        }
    }

    private void settle(TopicPartition partition, LogDirectory to, long nowMs) throws IOException {
        for (LogDirectory from : directories) {
            Optional<Log> former = from == to || from.isOffline() ? Optional.empty() : from.log(partition);
            if (former.isPresent()) {
                // Both ended at the same offset then. If the former one has grown, that was not stored as the end of
                // the move.
                boolean isCurrent = to.log(partition)
                        .filter(log -> log.logEndOffset() >= former.get().logEndOffset())
                        .isPresent();
                (isCurrent ? from : to).delete(partition, nowMs);
            }
        }
        if (areAllOnline() && to.futures().arrived().contains(partition)) {
            to.futures().settle(partition);
        }
    }

    private static void closeAfter(Exception failure, LogDirectory directory) {
        try {
            directory.close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** The log of an open partition, which can move from now on. */
    MovableLog movable(Log log) {
        MovableLog opened = new MovableLog(log);
        movable.put(log.partition(), opened);
        return opened;
    }

    /** As {@link #movable(Log)}; empty if the partition is not open. */
    Optional<MovableLog> movable(TopicPartition partition) {
        return Optional.ofNullable(movable.get(partition));
    }

    /** The directory at a path, as {@link #contents} shows it. */
    Optional<LogDirectory> at(String path) {
        return directories.stream()
                .filter(directory ->
                        directory.path().toAbsolutePath().toString().equals(path))
                .findFirst();
    }

    /** The directory that a log is in. */
    Optional<LogDirectory> directoryOf(Log log) {
        return directories.stream()
                .filter(directory -> directory
                        .log(log.partition())
                        .filter(found -> found == log)
                        .isPresent())
                .findFirst();
    }

    /** The path of the directory that the log of an open partition is in now. */
    public Optional<Path> pathOf(TopicPartition partition) {
        return movable(partition).flatMap(log -> directoryOf(log.current())).map(LogDirectory::path);
    }

    /** Creates the log of a partition in this directory, once the partition is assigned to this broker. */
    void prefer(TopicPartition partition, LogDirectory directory) {
        if (preferred.size() < PREFERRED_MAX || preferred.containsKey(partition)) {
            preferred.put(partition, directory);
        }
    }

    /** Moves that the last process has left unfinished, by partition. */
    Map<TopicPartition, LogDirectory> unfinishedMoves() {
        Map<TopicPartition, LogDirectory> unfinished = new HashMap<>();
        for (LogDirectory directory : directories) {
            if (!directory.isOffline()) {
                directory.futures().unfinished().forEach(partition -> unfinished.put(partition, directory));
            }
        }
        return unfinished;
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

    /** Whether none is left that works. */
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
     * A directory and what is in it.
     *
     * @param logs by partition; empty for a directory that is offline
     * @param copies of logs that are moving there, by partition
     */
    public record Contents(
            Path path, boolean offline, Map<TopicPartition, LogSize> logs, Map<TopicPartition, LogSize> copies) {}

    /**
     * How much a log holds.
     *
     * @param bytes of its segments
     * @param logEndOffset exclusive
     */
    public record LogSize(long bytes, long logEndOffset) {}

    /** All directories, in the order of the configuration. */
    public List<Contents> contents() {
        return directories.stream()
                .map(directory -> {
                    boolean offline = directory.isOffline();
                    return new Contents(
                            directory.path(),
                            offline,
                            offline ? Map.of() : sizes(directory.logs()),
                            offline ? Map.of() : sizes(directory.futures().copies()));
                })
                .toList();
    }

    private static Map<TopicPartition, LogSize> sizes(Collection<Log> logs) {
        Map<TopicPartition, LogSize> sizes = new HashMap<>();
        logs.forEach(log -> sizes.put(log.partition(), new LogSize(log.sizeInBytes(), log.logEndOffset())));
        return sizes;
    }

    /**
     * The log of a partition of the topic with this id. One of an earlier topic of that name is deleted.
     *
     * @return empty if there is none
     * @throws CorruptLogException if it is damaged: see {@link #replaceDamaged}
     * @throws IOException if it cannot be opened
     */
    Optional<Log> find(TopicPartition partition, UUID topicId, LogConfig config, long nowMs) throws IOException {
        for (LogDirectory directory : directories) {
            if (!hasLog(directory, partition)) {
                continue;
            }
            if (directory.claim(partition, topicId)) {
                return Optional.of(directory.create(partition, config, nowMs));
            }
            LOG.info("deleting the log of an earlier topic of the same name: {}", partition);
            directory.delete(partition, nowMs);
        }
        return Optional.empty();
    }

    private static boolean hasLog(LogDirectory directory, TopicPartition partition) {
        return directory.log(partition).isPresent() || directory.unopenedLogs().containsKey(partition);
    }

    /** Partitions whose logs could not be opened. */
    Set<TopicPartition> unopenedPartitions() {
        return directories.stream()
                .flatMap(directory -> directory.unopenedLogs().keySet().stream())
                .collect(Collectors.toSet());
    }

    /** Whether the log of a partition could not be opened because it is damaged. */
    boolean isDamaged(TopicPartition partition) {
        return directories.stream()
                .anyMatch(directory -> directory.unopenedLogs().get(partition) instanceof CorruptLogException);
    }

    /** Creates the log of a partition that has none. */
    Log create(TopicPartition partition, UUID topicId, LogConfig config, long nowMs) throws IOException {
        LogDirectory chosen = preferred.remove(partition);
        if (chosen == null || chosen.isOffline()) {
            chosen = directories.stream()
                    .filter(directory -> !directory.isOffline())
                    .min(Comparator.comparingInt(directory -> directory.logs().size()))
                    .orElseThrow(() -> new IOException("no log directory is online"));
        }
        for (LogDirectory directory : directories) {
            if (!directory.isOffline()) {
                directory.futures().discard(partition, nowMs);
            }
        }
        return claimed(chosen, chosen.create(partition, config, nowMs), topicId);
    }

    /** Sets a damaged log aside and creates an empty one in its place. */
    Log replaceDamaged(TopicPartition partition, UUID topicId, LogConfig config, long nowMs) throws IOException {
        for (LogDirectory directory : directories) {
            if (directory.unopenedLogs().get(partition) instanceof CorruptLogException) {
                return claimed(directory, directory.replaceDamaged(partition, config, nowMs), topicId);
            }
        }
        throw new IllegalStateException("no damaged log of " + partition);
    }

    private static Log claimed(LogDirectory directory, Log created, UUID topicId) throws IOException {
        if (!directory.claim(created.partition(), topicId)) {
            throw new IllegalStateException(
                    "the new log of " + created.partition() + " belongs to another topic than " + topicId);
        }
        return created;
    }

    /** Deletes the log of a partition, if there is one. */
    void delete(TopicPartition partition, long nowMs) throws IOException {
        movable.remove(partition);
        for (LogDirectory directory : directories) {
            if (!directory.isOffline()) {
                directory.delete(partition, nowMs);
            }
        }
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
