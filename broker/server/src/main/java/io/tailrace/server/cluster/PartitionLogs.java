package io.tailrace.server.cluster;

import io.tailrace.log.CorruptLogException;
import io.tailrace.log.Log;
import io.tailrace.log.LogConfig;
import io.tailrace.log.LogDirectory;
import io.tailrace.log.MovableLog;
import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds, creates and deletes the log of each partition in the log directories of this broker. A new log goes to the directory
 * with the fewest logs. Thread-safe.
 */
final class PartitionLogs {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionLogs.class);

    /** Partitions that a client may place before they are assigned to this broker. */
    private static final int PREFERRED_MAX = 10_000;

    private final List<LogDirectory> directories;
    /** The logs of open partitions. */
    private final Map<TopicPartition, MovableLog> movable = new ConcurrentHashMap<>();
    /** Where the log of a partition is to be created, if a client has said so. */
    private final Map<TopicPartition, LogDirectory> preferred = new ConcurrentHashMap<>();

    PartitionLogs(List<LogDirectory> directories) {
        this.directories = directories;
    }

    /** Deletes the former files of logs that had moved to another directory when the last process ended. */
    void finishMoves(long nowMs) {
        for (LogDirectory to : directories) {
            for (TopicPartition partition : to.futures().arrived()) {
                try {
                    finishMove(partition, to, nowMs);
                } catch (IOException e) {
                    LOG.error("Log has moved, but its former files are not deleted: {}", partition, e);
                }
            }
        }
    }

    private void finishMove(TopicPartition partition, LogDirectory to, long nowMs) throws IOException {
        boolean isAllKnown = directories.stream().noneMatch(LogDirectory::isOffline);
        for (LogDirectory from : directories) {
            if (from == to || !hasLog(from, partition)) {
                continue;
            }
            Optional<Log> former = from.log(partition);
            Optional<Log> moved = to.log(partition);
            if (former.isEmpty() || moved.isEmpty()) {
                // A log that did not open may be the only current one.
                LOG.error("Log has moved, its former files are kept until both logs open: {}", partition);
                isAllKnown = false;
            } else {
                (isNotBehind(moved.get(), former.get()) ? from : to).delete(partition, nowMs);
            }
        }
        if (isAllKnown && to.futures().arrived().contains(partition)) {
            to.futures().removeMarker(partition);
        }
    }

    /** Both were equal when the move ended. If the former log has grown since, the end of the move was not stored. */
    private static boolean isNotBehind(Log moved, Log former) {
        int movedEpoch = moved.epochs().latest();
        int formerEpoch = former.epochs().latest();
        return movedEpoch == formerEpoch ? moved.logEndOffset() >= former.logEndOffset() : movedEpoch > formerEpoch;
    }

    /** The log of an open partition, which can move from now on. */
    MovableLog movable(Log log) {
        MovableLog opened = new MovableLog(log);
        movable.put(log.partition(), opened);
        return opened;
    }

    /** Like {@link #movable(Log)}; empty if the partition is not open. */
    Optional<MovableLog> movable(TopicPartition partition) {
        return Optional.ofNullable(movable.get(partition));
    }

    /** Whether a log is its partition's, and not a remnant in the directory that the log has moved from. */
    boolean isCurrent(Log log) {
        MovableLog opened = movable.get(log.partition());
        return opened == null || opened.current() == log;
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

    /** Deletes copies of a log that unfinished moves have left. */
    void discardUnfinishedMoves(TopicPartition partition, long nowMs) throws IOException {
        for (LogDirectory directory : directories) {
            if (!directory.isOffline() && directory.futures().unfinished().contains(partition)) {
                directory.futures().discard(partition, nowMs);
            }
        }
    }

    /**
     * The log of a partition of the topic with this id. A log of an earlier topic of that name is deleted.
     *
     * @return empty if there is none
     * @throws CorruptLogException if it is damaged: see {@link #replaceDamaged}
     * @throws IOException if it cannot be opened
     */
    Optional<Log> find(TopicPartition partition, UUID topicId, LogConfig config, long nowMs) throws IOException {
        for (LogDirectory directory : holdersOf(partition)) {
            if (directory.claim(partition, topicId)) {
                return Optional.of(directory.create(partition, config, nowMs));
            }
            LOG.info("deleting the log of an earlier topic of the same name: {}", partition);
            directory.delete(partition, nowMs);
        }
        return Optional.empty();
    }

    /**
     * The directories with a log of a partition: first the one that it has moved to, if any; otherwise first those whose log did
     * not open, since that may be the current one.
     */
    private List<LogDirectory> holdersOf(TopicPartition partition) {
        Comparator<LogDirectory> movedFirst =
                Comparator.comparing(directory -> !directory.futures().arrived().contains(partition));
        return directories.stream()
                .filter(directory -> hasLog(directory, partition))
                .sorted(movedFirst.thenComparing(
                        directory -> directory.log(partition).isPresent()))
                .toList();
    }

    private static boolean hasLog(LogDirectory directory, TopicPartition partition) {
        return directory.log(partition).isPresent() || directory.unopenedLogs().containsKey(partition);
    }

    /** Whether the log of a partition could not be opened because it is damaged. */
    boolean isDamaged(TopicPartition partition) {
        return holdersOf(partition).stream().anyMatch(directory -> isDamaged(directory, partition));
    }

    private static boolean isDamaged(LogDirectory directory, TopicPartition partition) {
        return directory.unopenedLogs().get(partition) instanceof CorruptLogException;
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

    /**
     * Sets a damaged log aside. A log that a move has left in another directory takes its place, or else an empty log. Call it
     * only if another replica has the records.
     */
    Log replaceDamaged(TopicPartition partition, UUID topicId, LogConfig config, long nowMs) throws IOException {
        for (LogDirectory directory : holdersOf(partition)) {
            if (isDamaged(directory, partition)) {
                directory.setAside(partition, nowMs);
                Optional<Log> other = find(partition, topicId, config, nowMs);
                return other.isPresent()
                        ? other.get()
                        : claimed(directory, directory.create(partition, config, nowMs), topicId);
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
}
