package io.tailrace.log;

import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads the logs of a directory at start, several at a time. A log that cannot be loaded does not stop the others. */
final class DirectoryLoader {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryLoader.class);

    private final LogContext context;
    private final Map<TopicPartition, Log> logs = new ConcurrentHashMap<>();
    private final Map<TopicPartition, UnopenedLog> unopened = new ConcurrentHashMap<>();

    DirectoryLoader(LogContext context) {
        this.context = context;
    }

    /**
     * Loads logs.
     *
     * @param checkpoints the partitions, with what the previous process recorded about them
     * @throws LogDirectoryOfflineException if the disk fails
     */
    void loadAll(
            Map<TopicPartition, LogLoader.Checkpoint> checkpoints,
            Function<String, LogConfig> configOfTopic,
            long nowMs)
            throws IOException {
        List<ThrowingRunnable<IOException>> loads = new ArrayList<>();
        checkpoints.forEach((partition, checkpoint) ->
                loads.add(() -> tryLoad(partition, configOfTopic.apply(partition.topic()), checkpoint, nowMs)));
        ParallelTasks.runAll(context.background(), loads);
    }

    private void tryLoad(TopicPartition partition, LogConfig config, LogLoader.Checkpoint checkpoint, long nowMs)
            throws IOException {
        try {
            context.health().ensureOnline();
            logs.put(partition, load(context, partition, config, checkpoint, nowMs));
        } catch (IOException e) {
            IOException cause = context.health().report(e);
            if (cause instanceof LogDirectoryOfflineException) {
                throw cause;
            }
            LOG.error("Log not loaded, its files are left as they are: {}: {}", partition, cause.getMessage());
            unopened.put(partition, new UnopenedLog(checkpoint, cause));
        }
    }

    /** Loads or creates the log of a partition. */
    static Log load(
            LogContext context, TopicPartition partition, LogConfig config, LogLoader.Checkpoint checkpoint, long nowMs)
            throws IOException {
        try {
            return new Log(
                    partition, config, context, new LogLoader(context, partition, config, checkpoint, nowMs).load());
        } catch (CorruptLogException e) {
            context.damageAtStart().increment();
            throw e;
        }
    }

    /** The logs that were loaded. */
    Map<TopicPartition, Log> logs() {
        return logs;
    }

    /** The logs that could not be loaded. */
    Map<TopicPartition, UnopenedLog> unopened() {
        return unopened;
    }
}
