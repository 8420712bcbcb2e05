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
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log directories of this broker. A new partition goes where the fewest are. One that fails takes its own partitions
 * offline and no others. Thread-safe.
 */
public final class LogDirectories implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogDirectories.class);

    private final List<LogDirectory> directories;

    private LogDirectories(List<LogDirectory> directories) {
        this.directories = directories;
    }

    /**
     * What the directories belong to, and who is told of a failure.
     *
     * @param background recovers and flushes
     * @param onOffline called once for each directory that fails; must not block
     */
    record Owner(
            String clusterId,
            int brokerId,
            Function<String, LogConfig> configOfTopic,
            Executor background,
            BiConsumer<Path, IOException> onOffline) {}

    /**
     * Opens all directories, recovering what was not closed properly.
     *
     * @throws IOException if one is in use or belongs to another broker or cluster, or if none can be used
     */
    static LogDirectories open(StorageConfig storage, Owner owner, long nowMs) throws IOException {
        List<LogDirectory> opened = new ArrayList<>();
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
            LogDirectories directories = new LogDirectories(opened);
            if (directories.areAllOffline()) {
                throw new IOException(
                        "no log directory can be used; the log names the reason for each of " + storage.directories());
            }
            return directories;
        } catch (IOException | RuntimeException e) {
            for (LogDirectory directory : opened) {
                try {
                    directory.close();
                } catch (IOException closing) {
                    e.addSuppressed(closing);
                }
            }
            throw e;
        }
    }

    /** Whether all of them were closed properly by the process before, so that nothing written can be lost. */
    boolean wereCleanlyClosed() {
        return directories.stream().allMatch(LogDirectory::wasCleanlyClosed);
    }

    /** Whether there is none left that works. */
    boolean areAllOffline() {
        return directories.stream().allMatch(LogDirectory::isOffline);
    }

    /** Partitions whose logs are in the directory at {@code path}. */
    List<TopicPartition> partitionsIn(Path path) {
        return directories.stream()
                .filter(directory -> directory.path().equals(path))
                .flatMap(directory -> directory.logs().stream())
                .map(Log::partition)
                .toList();
    }

    /** Partitions that have a log. */
    List<TopicPartition> partitions() {
        return directories.stream()
                .flatMap(directory -> directory.logs().stream())
                .map(Log::partition)
                .toList();
    }

    /**
     * A directory and what is in it.
     *
     * @param sizes bytes of each partition's segments; none of a directory that is offline
     */
    public record Contents(Path path, boolean offline, Map<TopicPartition, Long> sizes) {}

    /** All directories, in the order of the configuration. */
    public List<Contents> contents() {
        return directories.stream()
                .map(directory -> {
                    boolean offline = directory.isOffline();
                    Map<TopicPartition, Long> sizes = new HashMap<>();
                    if (!offline) {
                        directory.logs().forEach(log -> sizes.put(log.partition(), log.sizeInBytes()));
                    }
                    return new Contents(directory.path(), offline, sizes);
                })
                .toList();
    }

    /** The log of a partition of the topic with this id, made if there is none. One of an earlier topic is deleted. */
    Log openOrCreate(TopicPartition partition, UUID topicId, LogConfig config, long nowMs) throws IOException {
        for (LogDirectory directory : directories) {
            Optional<Log> existing = directory.log(partition);
            if (existing.isPresent()) {
                if (directory.claim(partition, topicId)) {
                    return existing.get();
                }
                LOG.info("deleting the log of {}: it belongs to a topic of that name that was deleted", partition);
                directory.delete(partition, nowMs);
            }
        }
        LogDirectory emptiest = directories.stream()
                .filter(directory -> !directory.isOffline())
                .min(Comparator.comparingInt(directory -> directory.logs().size()))
                .orElseThrow(() -> new IOException("no log directory is online"));
        Log created = emptiest.create(partition, config, nowMs);
        if (!emptiest.claim(partition, topicId)) {
            throw new IllegalStateException(
                    "the new log of " + partition + " belongs to another topic than " + topicId);
        }
        return created;
    }

    /** Deletes the log of a partition, if there is one. */
    void delete(TopicPartition partition, long nowMs) throws IOException {
        for (LogDirectory directory : directories) {
            if (!directory.isOffline()) {
                directory.delete(partition, nowMs);
            }
        }
    }

    /** The high watermarks as they were last written. */
    Map<TopicPartition, Long> readHighWatermarks() throws IOException {
        Map<TopicPartition, Long> all = new HashMap<>();
        for (LogDirectory directory : directories) {
            all.putAll(directory.readHighWatermarks());
        }
        return all;
    }

    /** Writes the high watermarks, each into the directory of its partition. */
    void writeHighWatermarks(ToLongFunction<TopicPartition> highWatermark) {
        for (LogDirectory directory : directories) {
            Map<TopicPartition, Long> offsets = new HashMap<>();
            for (Log log : directory.logs()) {
                offsets.put(log.partition(), highWatermark.applyAsLong(log.partition()));
            }
            try {
                directory.writeHighWatermarks(offsets);
            } catch (LogDirectoryOfflineException e) {
                LOG.debug("high watermarks not written: {}", e.getMessage());
            } catch (IOException e) {
                LOG.error("high watermarks not written to {}", directory.path(), e);
            }
        }
    }

    /** One pass of retention, rolling, flushing by time. */
    void maintain(long nowMs, ToLongFunction<TopicPartition> highWatermark) {
        directories.forEach(directory -> directory.maintain(nowMs, highWatermark));
    }

    /** Writes recovery points. */
    void checkpoint() {
        directories.forEach(LogDirectory::checkpoint);
    }

    /** Whether all of them work. */
    boolean areAllOnline() {
        return directories.stream().noneMatch(LogDirectory::isOffline);
    }

    /** Closes all of them, those that work with the marker of a clean shutdown. */
    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (LogDirectory directory : directories) {
            try {
                if (directory.isOffline()) {
                    LOG.warn(
                            "{} has failed and is not closed properly: it will be recovered at the next start",
                            directory.path());
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
