package io.tailrace.server.shard;

import io.tailrace.coordination.SingleThread;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.server.partition.Clocks;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of a broker's shards. Each log directory has its own threads. A shard appends under its partition's lock and may
 * wait for a stalled disk; the shards on other disks then go on. Thread-safe.
 */
public final class ShardThreads implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShardThreads.class);
    private static final long END_SECONDS_MAX = 10;
    private static final long IDLE_SECONDS_MAX = 60;

    /** For partitions whose log is not open. */
    private static final Path NO_DIRECTORY = Path.of("");

    private final int threads;
    private final Function<TopicPartition, Optional<Path>> directories;
    private final Consumer<Throwable> onFailure;
    private final Map<Path, Pools> pools = new ConcurrentHashMap<>();
    private final AtomicInteger threadNumbers = new AtomicInteger();
    private final SingleThread alarms;
    private final RunningTime time;
    private final LongSupplier wallMs;
    private final long acknowledgeMsMax;
    private volatile boolean isClosed;

    /**
     * Starts threads when they are needed.
     *
     * @param threads how many run shards, and how many load them, for each log directory
     * @param acknowledgeMsMax how long a reply may wait for replicas
     * @param directories the directory that a partition's log is in; must not block
     * @param onFailure gets the failure that has ended a shard's task; must not block
     */
    public ShardThreads(
            int threads,
            long acknowledgeMsMax,
            Function<TopicPartition, Optional<Path>> directories,
            Clocks clocks,
            Consumer<Throwable> onFailure) {
        this.threads = threads;
        this.directories = directories;
        this.onFailure = onFailure;
        this.acknowledgeMsMax = acknowledgeMsMax;
        alarms = new SingleThread("shard-alarms", onFailure);
        time = new RunningTime(clocks.steadyMs());
        wallMs = clocks.wallMs();
        var unused = alarms.scheduleAtFixedRate(
                time::nowMs, RunningTime.TICK_MS, RunningTime.TICK_MS, TimeUnit.MILLISECONDS);
    }

    /** The runtime for the host of a partition. Its tasks run on threads of the directory that the log is in at the time. */
    public ShardRuntime runtime(TopicPartition partition) {
        return new ShardRuntime(
                task -> poolsOf(partition).shards.execute(task),
                task -> poolsOf(partition).loaders.execute(task),
                this::alarm,
                time,
                wallMs,
                acknowledgeMsMax);
    }

    /** Runs short tasks later, on one thread. Tasks must not block. */
    public Alarms alarms() {
        return this::alarm;
    }

    private Pools poolsOf(TopicPartition partition) {
        return pools(directories.apply(partition).orElse(NO_DIRECTORY));
    }

    private Pools pools(Path directory) {
        Pools known = pools.computeIfAbsent(directory, absent -> new Pools(pool("shard"), pool("shard-loader")));
        if (isClosed) {
            known.shutdown();
        }
        return known;
    }

    private Pool pool(String name) {
        return new Pool(
                threads,
                task -> {
                    Thread thread = new Thread(task, name + "-" + threadNumbers.getAndIncrement());
                    thread.setDaemon(true);
                    return thread;
                },
                onFailure);
    }

    private Runnable alarm(long delayMs, Runnable task) {
        try {
            var alarm = alarms.schedule(task, delayMs, TimeUnit.MILLISECONDS);
            return () -> alarm.cancel(false);
        } catch (RejectedExecutionException e) {
            // The broker is stopping.
            return () -> {};
        }
    }

    /** Lets running tasks end, for a bounded time. Later ones are dropped. */
    @Override
    public void close() {
        alarms.shutdownNow();
        isClosed = true;
        pools.values().forEach(Pools::shutdown);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS_MAX);
        try {
            for (Pools each : pools.values()) {
                if (!each.awaitEnd(deadline)) {
                    LOG.warn("A shard did not end within {} s", END_SECONDS_MAX);
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The threads of one log directory. They end when they have had nothing to do for a while. */
    private record Pools(Pool shards, Pool loaders) {
        void shutdown() {
            shards.shutdown();
            loaders.shutdown();
        }

        boolean awaitEnd(long deadlineNanos) throws InterruptedException {
            return shards.awaitTermination(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS)
                    && loaders.awaitTermination(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        }
    }

    /** Its queue holds at most one task for each shard. */
    private static final class Pool extends ThreadPoolExecutor {
        private final Consumer<Throwable> onFailure;

        Pool(int threads, ThreadFactory factory, Consumer<Throwable> onFailure) {
            super(
                    threads,
                    threads,
                    IDLE_SECONDS_MAX,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(),
                    factory,
                    new DiscardPolicy());
            this.onFailure = onFailure;
            allowCoreThreadTimeOut(true);
        }

        @Override
        protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
            super.afterExecute(task, thrown);
            if (thrown != null) {
                onFailure.accept(thrown);
            }
        }
    }
}
