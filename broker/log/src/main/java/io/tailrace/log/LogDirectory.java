package io.tailrace.log;

import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** SKELETON: bodies follow; signatures are what stays. */
@SuppressWarnings("DoNotCallSuggester")
public final class LogDirectory implements AutoCloseable {
    LogDirectory() {}

    private static UnsupportedOperationException soon() {
        return new UnsupportedOperationException("signatures only so far");
    }

    /**
     * Locks the directory, checks meta.properties, recovers its logs in parallel on background, which also flushes and
     * writes snapshots later. onOffline is told once if the disk fails.
     */
    public static LogDirectory open(
            LogDirectoryConfig config,
            Function<String, LogConfig> configOfTopic,
            Executor background,
            BiConsumer<LogDirectory, IOException> onOffline,
            long nowMs)
            throws IOException {
        throw soon();
    }

    public boolean wasCleanlyClosed() {
        throw soon();
    }

    public Collection<Log> logs() {
        throw soon();
    }

    public Optional<Log> log(TopicPartition partition) {
        throw soon();
    }

    public Log create(TopicPartition partition, LogConfig config, long nowMs) throws IOException {
        throw soon();
    }

    public void delete(TopicPartition partition, long nowMs) throws IOException {
        throw soon();
    }

    /** replication-offset-checkpoint. */
    public Map<TopicPartition, Long> readHighWatermarks() throws IOException {
        throw soon();
    }

    public void writeHighWatermarks(Map<TopicPartition, Long> highWatermarks) throws IOException {
        throw soon();
    }

    /** Retention, roll by age, expiry of producers, flush.ms, removal of deleted files. Call about every second to minutes. */
    public void maintain(long nowMs) {
        throw soon();
    }
    /** Writes recovery points and log start offsets. Call about every minute. */
    public void checkpoint() {
        throw soon();
    }

    public boolean isOffline() {
        throw soon();
    }

    /** Flushes, writes snapshots, checkpoints and the clean-shutdown marker. */
    @Override
    public void close() throws IOException {
        throw soon();
    }
}
