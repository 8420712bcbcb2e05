package io.tailrace.log;

import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The logs in a log directory: creates, opens, sets aside and deletes them. Thread-safe. */
final class DirectoryLogs {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryLogs.class);

    private final LogContext context;
    private final Map<TopicPartition, Log> logs = new ConcurrentHashMap<>();
    /** Disjoint from {@link #logs}, except for the moment in which a log moves over. */
    private final Map<TopicPartition, UnopenedLog> unopened = new ConcurrentHashMap<>();

    private final FutureLogs futures;
    /** Held while logs are created, deleted or closed. */
    private final Object changes = new Object();
    /** Guarded by {@link #changes}. */
    private boolean isClosed;

    DirectoryLogs(LogContext context) {
        this.context = context;
        this.futures = new FutureLogs(context, logs, changes);
    }

    /** Adds the logs that were found at the start. */
    void add(Map<TopicPartition, Log> loaded, Map<TopicPartition, UnopenedLog> notLoaded) {
        logs.putAll(loaded);
        unopened.putAll(notLoaded);
    }

    /** The open logs. */
    Collection<Log> all() {
        return Collections.unmodifiableCollection(logs.values());
    }

    Optional<Log> find(TopicPartition partition) {
        return Optional.ofNullable(logs.get(partition));
    }

    Map<TopicPartition, IOException> unopened() {
        return unopened.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, log -> log.getValue()
                .cause()));
    }

    FutureLogs futures() {
        return futures;
    }

    /** The checkpoint of each log for the next start. */
    Map<TopicPartition, LogLoader.Checkpoint> checkpoints() {
        Map<TopicPartition, LogLoader.Checkpoint> current = new HashMap<>();
        unopened.forEach((partition, log) -> current.put(partition, log.checkpoint()));
        logs.forEach((partition, log) ->
                current.put(partition, new LogLoader.Checkpoint(false, log.recoveryPoint(), log.logStartOffset())));
        return current;
    }

    /** See {@link LogDirectory#create}. */
    Log create(TopicPartition partition, LogConfig logConfig, long nowMs) throws IOException {
        context.health().ensureOnline();
        Log open = logs.get(partition);
        if (open != null) {
            return open;
        }
        synchronized (changes) {
            ensureOpen(partition);
            open = logs.get(partition);
            if (open != null) {
                return open;
            }
            UnopenedLog failed = unopened.get(partition);
            try {
                return failed == null
                        ? createEmpty(partition, logConfig, nowMs)
                        : loadAgain(partition, logConfig, failed, nowMs);
            } catch (IOException e) {
                IOException cause = context.health().report(e);
                // The latest reason counts, because only a log that is known to be damaged can be replaced.
                unopened.computeIfPresent(partition, (same, log) -> new UnopenedLog(log.checkpoint(), cause));
                throw cause;
            }
        }
    }

    private Log createEmpty(TopicPartition partition, LogConfig logConfig, long nowMs) throws IOException {
        context.checkpoints().forget(partition);
        futures.discard(partition, nowMs);
        Path path = context.directoryOf(partition);
        if (Files.exists(path)) {
            // Left half done by a creation or deletion that failed. A new log starts empty.
            context.trash().add(List.of(PartitionDirectories.markDeleted(path, partition)), nowMs);
        }
        Log log = DirectoryLoader.load(context, partition, logConfig, LogLoader.Checkpoint.NONE, nowMs);
        logs.put(partition, log);
        return log;
    }

    private Log loadAgain(TopicPartition partition, LogConfig logConfig, UnopenedLog failed, long nowMs)
            throws IOException {
        Path path = context.directoryOf(partition);
        if (MoveMarker.read(path) == MoveMarker.State.COPYING) {
            throw new LogOperationException(
                    new IOException(path + " is a copy that lacks records: restart the broker, which makes it anew"));
        }
        Log log = DirectoryLoader.load(context, partition, logConfig, failed.checkpoint(), nowMs);
        logs.put(partition, log);
        unopened.remove(partition);
        return log;
    }

    /** See {@link LogDirectory#setAside}. */
    void setAside(TopicPartition partition, long nowMs) throws IOException {
        context.health().ensureOnline();
        synchronized (changes) {
            ensureOpen(partition);
            UnopenedLog damaged = unopened.get(partition);
            if (damaged == null || !damaged.isDamaged()) {
                throw new IllegalStateException("expected a damaged log of " + partition + ", found " + damaged);
            }
            try {
                Path kept = PartitionDirectories.markDamaged(context.directoryOf(partition), partition, nowMs);
                LOG.warn(
                        "Damaged log set aside as {}: {}", kept, damaged.cause().getMessage());
                unopened.remove(partition);
                futures.forget(partition);
                context.checkpoints().deleted(partition);
                Path directory = context.config().path();
                context.disk().syncDirectory(directory);
                context.trash().add(PartitionDirectories.excessDamaged(directory), nowMs);
            } catch (IOException e) {
                throw context.health().report(e);
            }
        }
    }

    /**
     * Deletes the log of a partition, open or not.
     *
     * @param expected the only log that is to be deleted; null for any
     */
    void delete(TopicPartition partition, @Nullable Log expected, long nowMs) throws IOException {
        context.health().ensureOnline();
        synchronized (changes) {
            ensureOpen(partition);
            if (expected != null && logs.get(partition) != expected) {
                return;
            }
            futures.discard(partition, nowMs);
            Log log = logs.remove(partition);
            if (log == null && unopened.remove(partition) == null) {
                return;
            }
            futures.forget(partition);
            LogConfig logConfig = log == null ? LogConfig.DEFAULTS : log.config();
            if (log != null) {
                log.abandon();
            }
            try {
                context.checkpoints().deleted(partition);
                Path renamed = PartitionDirectories.markDeleted(context.directoryOf(partition), partition);
                context.trash().add(List.of(renamed), nowMs + logConfig.fileDeleteDelayMs());
                context.disk().syncDirectory(context.config().path());
            } catch (IOException e) {
                throw context.health().report(e);
            }
        }
    }

    private void ensureOpen(TopicPartition partition) throws LogClosedException {
        if (isClosed) {
            throw new LogClosedException(partition);
        }
    }

    /** Permits no more changes. The logs are not closed here. Returns whether changes were permitted. */
    boolean end() {
        synchronized (changes) {
            boolean wasOpen = !isClosed;
            isClosed = true;
            futures.close();
            return wasOpen;
        }
    }
}
