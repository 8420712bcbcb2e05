package io.tailrace.server.api;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.tailrace.protocol.message.Response;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs requests that may block on a few threads, each kind of request on its own, so that none waits for threads that another
 * kind holds. The queue of each kind is bounded. Thread-safe.
 *
 * <p>A connection waits for its blocking request before its next one is handled: a client's requests take effect in order, and one
 * client has one place in the queues.
 */
public final class BlockingCalls implements AutoCloseable {
    /** Requests of a kind that wait for a thread. */
    static final int QUEUED_MAX = 1000;

    /** For an answer to a request that found the queue full. */
    static final String OVERLOADED =
            QUEUED_MAX + " requests wait for a thread of this broker (num.io.threads): try again later";

    private static final Logger LOG = LoggerFactory.getLogger(BlockingCalls.class);
    private static final long END_SECONDS_MAX = 5;

    /** What a request blocks on. */
    enum Kind {
        /** Reads of files. */
        LOOK_UP,
        /** Writes of topics and settings to ZooKeeper. */
        CLUSTER_CHANGE,
        /** Taking a block of producer ids from ZooKeeper. */
        PRODUCER_ID
    }

    private final Map<Kind, ExecutorService> executors = new EnumMap<>(Kind.class);

    /** @param threads how many requests of a kind may block at the same time */
    public BlockingCalls(int threads) {
        executors.put(Kind.LOOK_UP, executor("broker-look-up", threads));
        executors.put(Kind.CLUSTER_CHANGE, executor("broker-cluster-change", threads));
        executors.put(Kind.PRODUCER_ID, executor("broker-producer-id", 1));
    }

    private static ExecutorService executor(String name, int threads) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads,
                threads,
                30,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(QUEUED_MAX),
                new DefaultThreadFactory(name, true));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /**
     * Answers {@code call} with what {@code work} returns.
     *
     * @param work runs on a thread of this kind, and may block
     * @param overloaded makes the answer if the queue is full
     */
    public <A extends Response> void answer(Kind kind, Call<A> call, Supplier<A> work, Supplier<A> overloaded) {
        answerLater(kind, call, () -> CompletableFuture.completedStage(work.get()), overloaded);
    }

    /** As {@link #answer}, for work whose answer comes later than it returns, and holds no thread meanwhile. */
    <A extends Response> void answerLater(
            Kind kind, Call<A> call, Supplier<CompletionStage<A>> work, Supplier<A> overloaded) {
        call.holdConnection();
        try {
            executor(kind).execute(() -> {
                try {
                    answer(call, work.get());
                } catch (RuntimeException e) {
                    call.fail(e);
                }
            });
        } catch (RejectedExecutionException e) {
            call.answer(overloaded.get());
        }
    }

    /** Answers {@code call} when {@code answer} completes, on any thread. */
    static <A extends Response> void answer(Call<A> call, CompletionStage<A> answer) {
        var unused = answer.whenComplete((body, failure) -> {
            if (failure == null) {
                call.answer(body);
            } else {
                call.fail(failure);
            }
        });
    }

    private ExecutorService executor(Kind kind) {
        ExecutorService executor = executors.get(kind);
        if (executor == null) {
            throw new IllegalStateException("no threads for " + kind);
        }
        return executor;
    }

    /** Ends the threads when they have finished the queued requests. */
    @Override
    public void close() {
        executors.values().forEach(ExecutorService::shutdown);
        try {
            for (Map.Entry<Kind, ExecutorService> each : executors.entrySet()) {
                if (!each.getValue().awaitTermination(END_SECONDS_MAX, TimeUnit.SECONDS)) {
                    LOG.warn("Blocking requests did not end within {} s: {}", END_SECONDS_MAX, each.getKey());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
