package io.tailrace.server.shard;

import io.tailrace.coordination.SingleThread;
import io.tailrace.server.partition.Clocks;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads of a broker's shards. Thread-safe. */
public final class ShardThreads implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShardThreads.class);
    private static final long END_SECONDS_MAX = 10;

    private final Pool shards;
    private final Pool loaders;
    private final SingleThread alarms;
    private final ShardRuntime runtime;

    /**
     * Starts threads when they are needed.
     *
     * @param threads how many run shards, and how many load them
     * @param acknowledgeMsMax how long a reply may wait for replicas
     * @param onFailure gets what has ended a shard's task; must not block
     */
    public ShardThreads(int threads, long acknowledgeMsMax, Clocks clocks, Consumer<Throwable> onFailure) {
        shards = new Pool("shard", threads, onFailure);
        loaders = new Pool("shard-loader", threads, onFailure);
        alarms = new SingleThread("shard-alarms", onFailure);
        alarms.setRemoveOnCancelPolicy(true);
        RunningTime time = new RunningTime(clocks.steadyMs());
        runtime = new ShardRuntime(shards, loaders, this::alarm, time, clocks.wallMs(), acknowledgeMsMax);
        var unused = alarms.scheduleAtFixedRate(
                time::nowMs, RunningTime.TICK_MS, RunningTime.TICK_MS, TimeUnit.MILLISECONDS);
    }

    /** What hosts need. */
    public ShardRuntime runtime() {
        return runtime;
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
        loaders.shutdown();
        shards.shutdown();
        try {
            if (!loaders.awaitTermination(END_SECONDS_MAX, TimeUnit.SECONDS)
                    || !shards.awaitTermination(END_SECONDS_MAX, TimeUnit.SECONDS)) {
                LOG.warn("A shard did not end within {} s", END_SECONDS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Its queue holds at most one task for each shard. */
    private static final class Pool extends ThreadPoolExecutor {
        private final Consumer<Throwable> onFailure;

        Pool(String name, int threads, Consumer<Throwable> onFailure) {
            super(
                    threads,
                    threads,
                    0,
                    TimeUnit.MILLISECONDS,
                    new LinkedBlockingQueue<>(),
                    threads(name),
                    new DiscardPolicy());
            this.onFailure = onFailure;
        }

        private static ThreadFactory threads(String name) {
            AtomicInteger number = new AtomicInteger();
            return task -> {
                Thread thread = new Thread(task, name + "-" + number.getAndIncrement());
                thread.setDaemon(true);
                return thread;
            };
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
