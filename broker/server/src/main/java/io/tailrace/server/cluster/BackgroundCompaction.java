package io.tailrace.server.cluster;

import io.tailrace.log.LogCompactor;
import io.tailrace.log.LogDirectory;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.server.config.CompactionConfig;
import io.tailrace.server.partition.Clocks;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/** Compacts logs. Each log directory has its own threads, so that a stalled disk does not hold up the others. Thread-safe. */
public final class BackgroundCompaction implements AutoCloseable {
    /** The same bound as for batches on arrival, so that none is too large. */
    private static final int DECOMPRESSED_BYTES_MAX = 64 << 20;

    private final CompactionRate rate;
    private final Clocks clocks;
    private final ToLongFunction<TopicPartition> highWatermark;
    private final List<Worker> workers = new ArrayList<>();
    private final AtomicInteger deadThreads = new AtomicInteger();
    private volatile boolean isStopped;

    private BackgroundCompaction(CompactionRate rate, Clocks clocks, ToLongFunction<TopicPartition> highWatermark) {
        this.rate = rate;
        this.clocks = clocks;
        this.highWatermark = highWatermark;
    }

    /** A compaction thread. */
    private static final class Worker {
        private final LogCompactor compactor;
        private final PeriodicTasks thread;
        private volatile long lastRunMs;
        private volatile long lastPassMs;

        Worker(LogCompactor compactor, PeriodicTasks thread, long nowMs) {
            this.compactor = compactor;
            this.thread = thread;
            this.lastRunMs = nowMs;
        }
    }

    /**
     * The work of the threads so far.
     *
     * @param sinceLastRunMsMax the longest time for which a thread has not looked for a log to compact
     * @param passMsMax the longest last pass of any thread
     * @param keptRatio the part of the bytes that the last passes kept, from 0 to 1, averaged over threads; 0 before the first
     *     pass
     * @param deadThreads threads that an unexpected error has ended
     */
    public record Status(long sinceLastRunMsMax, long passMsMax, double keptRatio, int deadThreads) {}

    /**
     * Starts to compact.
     *
     * @param highWatermark of each partition: nothing at or above is compacted
     * @param onBroken gets the exception that a thread has thrown; must not block
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
        BackgroundCompaction compaction = new BackgroundCompaction(rate, clocks, highWatermark);
        for (LogDirectory directory : directories) {
            for (int i = 0; i < config.threadsPerDirectory(); i++) {
                String name = "log-compaction-" + i + "-" + directory.path();
                Worker worker = new Worker(
                        new LogCompactor(directory, limits, rate),
                        new PeriodicTasks(name, cause -> compaction.broken(cause, onBroken)),
                        clocks.steadyMs().getAsLong());
                compaction.workers.add(worker);
            }
        }
        compaction.workers.forEach(
                worker -> worker.thread.every(config.backoffMs(), () -> compaction.compactAll(worker)));
        return compaction;
    }

    private void broken(Throwable cause, Consumer<Throwable> onBroken) {
        deadThreads.incrementAndGet();
        onBroken.accept(cause);
    }

    private void compactAll(Worker worker) {
        boolean wasDue = true;
        while (wasDue && !isStopped) {
            long beganMs = clocks.steadyMs().getAsLong();
            worker.lastRunMs = beganMs;
            wasDue = worker.compactor.compactNext(clocks.wallMs().getAsLong(), highWatermark);
            if (wasDue) {
                worker.lastPassMs = clocks.steadyMs().getAsLong() - beganMs;
            }
        }
    }

    Status status() {
        long nowMs = clocks.steadyMs().getAsLong();
        return new Status(
                workers.stream()
                        .mapToLong(worker -> nowMs - worker.lastRunMs)
                        .max()
                        .orElse(0),
                workers.stream().mapToLong(worker -> worker.lastPassMs).max().orElse(0),
                workers.stream()
                        .flatMapToDouble(worker -> worker.compactor.lastKeptRatio().stream())
                        .average()
                        .orElse(0),
                deadThreads.get());
    }

    /** Stops running compactions, and waits for their threads for a bounded time. */
    @Override
    public void close() {
        isStopped = true;
        rate.stop();
        workers.forEach(worker -> worker.thread.close());
    }
}
