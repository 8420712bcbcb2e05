package io.tailrace.server.api;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.tailrace.protocol.message.Response;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works on requests that may block, with few threads and a bounded line before them. Thread-safe.
 *
 * <p>A connection waits for its own blocking request before its next one is handled, so that a client's requests take
 * effect in their order, and one client has one place in the line.
 */
public final class BlockingCalls implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BlockingCalls.class);
    private static final int LINE_MAX = 1000;
    private static final long END_SECONDS_MAX = 5;

    private final ExecutorService executor;

    /** @param threads how many requests may block at the same time */
    public BlockingCalls(int threads) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads,
                threads,
                30,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(LINE_MAX),
                new DefaultThreadFactory("broker-blocking", true));
        pool.allowCoreThreadTimeOut(true);
        this.executor = pool;
    }

    /** Answers {@code call} with what {@code work} returns. If the line is full the connection is closed. */
    public <A extends Response> void answer(Call<A> call, Supplier<A> work) {
        call.holdConnection();
        try {
            executor.execute(() -> {
                A answer;
                try {
                    answer = work.get();
                } catch (RuntimeException e) {
                    call.fail(e);
                    return;
                }
                call.answer(answer);
            });
        } catch (RejectedExecutionException e) {
            call.close("more than " + LINE_MAX + " requests wait for a thread (num.io.threads)");
        }
    }

    /** Ends the threads when they have answered what is in line. */
    @Override
    public void close() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(END_SECONDS_MAX, TimeUnit.SECONDS)) {
                LOG.warn("requests that block did not end within {} s", END_SECONDS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
