package io.tailrace.server.cluster;

import io.tailrace.log.LogCompactor;
import io.tailrace.log.LogDirectory;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.server.config.CompactionConfig;
import io.tailrace.server.partition.Clocks;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/** Compacts logs on threads of each log directory, so that a stalled disk holds up no other. */
final class BackgroundCompaction implements AutoCloseable {
    /** As for batches on arrival, which are thus never too large. */
    private static final int DECOMPRESSED_BYTES_MAX = 64 << 20;

    private final CompactionRate rate;
    private final List<PeriodicTasks> threads = new ArrayList<>();
    private volatile boolean isStopped;

    private BackgroundCompaction(CompactionRate rate) {
        this.rate = rate;
    }

    /**
     * Starts to compact.
     *
     * @param highWatermark of each partition: nothing at or above is compacted
     * @param onBroken gets what a thread has thrown; must not block
     */
    static BackgroundCompaction start(
            List<LogDirectory> directories,
            CompactionConfig config,
            Clocks clocks,
            ToLongFunction<TopicPartition> highWatermark,
            Consumer<Throwable> onBroken) {
        CompactionRate rate = new CompactionRate(config.bytesPerSecondMax(), clocks.steadyMs());
        LogCompactor.Limits limits =
                new LogCompactor.Limits(config.mapBytesMax(), DECOMPRESSED_BYTES_MAX, config.backoffMs());
        BackgroundCompaction compaction = new BackgroundCompaction(rate);
        for (LogDirectory directory : directories) {
            for (int i = 0; i < config.threadsPerDirectory(); i++) {
                LogCompactor compactor = new LogCompactor(directory, limits, rate);
                PeriodicTasks thread = new PeriodicTasks("log-compaction-" + i + "-" + directory.path(), onBroken);
                thread.every(config.backoffMs(), () -> compaction.compactAll(compactor, clocks, highWatermark));
                compaction.threads.add(thread);
            }
        }
        return compaction;
    }

    private void compactAll(LogCompactor compactor, Clocks clocks, ToLongFunction<TopicPartition> highWatermark) {
        boolean wasDue = true;
        while (wasDue && !isStopped) {
            wasDue = compactor.compactNext(clocks.wallMs().getAsLong(), highWatermark);
        }
    }

    /** Gives up what is being compacted, and waits for it for a bounded time. */
    @Override
    public void close() {
        isStopped = true;
        rate.stop();
        threads.forEach(PeriodicTasks::close);
    }
}
