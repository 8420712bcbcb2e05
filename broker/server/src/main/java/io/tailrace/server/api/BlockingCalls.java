package io.tailrace.server.api;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.tailrace.protocol.message.Response;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs requests that may block. Each kind of request has a few threads of its own, so that no kind waits for threads that another
 * one holds. The number of unanswered requests of a kind is bounded. Thread-safe.
 *
 * <p>A connection waits for its blocking request before its next one is handled: a client's requests take effect in order, and a
 * connection has at most one request in the queues. A request that is queued when its connection closes is dropped.
 */
public final class BlockingCalls implements AutoCloseable {
    /** Unanswered requests of a kind. */
    private static final int UNANSWERED_MAX = 1000;

    /** For an answer to a request beyond {@link #UNANSWERED_MAX}, or beyond the memory of requests in progress. */
    static final String OVERLOADED = "too many requests wait at this broker: try again later";

    private static final Logger LOG = LoggerFactory.getLogger(BlockingCalls.class);
    private static final long END_SECONDS_MAX = 5;

    /** The reason why a request may block. */
    enum Kind {
        /** Reads of files. */
        LOOK_UP,
        /** Asking disks for their size. */
        DISK_SIZE,
        /** Creation and deletion of copies of logs that move between log directories. */
        LOG_MOVE,
        /** Writes of topics and settings to ZooKeeper. */
        CLUSTER_CHANGE,
        /** Taking a block of producer ids from ZooKeeper. */
        PRODUCER_ID
    }

    private final Map<Kind, Pool> pools = new EnumMap<>(Kind.class);

    /** @param places as many as requests of the kind may be unanswered */
    private record Pool(ThreadPoolExecutor threads, Semaphore places) {
        static Pool of(String name, int threads, int unansweredMax) {
            ThreadPoolExecutor executor = new ThreadPoolExecutor(
                    threads,
                    threads,
                    30,
                    TimeUnit.SECONDS,
                    new ArrayBlockingQueue<>(unansweredMax),
                    new DefaultThreadFactory(name, true));
            executor.allowCoreThreadTimeOut(true);
            return new Pool(executor, new Semaphore(unansweredMax));
        }
    }

    /** @param threads how many requests of a kind may block at the same time */
    public BlockingCalls(int threads) {
        this(threads, UNANSWERED_MAX);
    }

    /** @param unansweredMax unanswered requests of a kind */
    BlockingCalls(int threads, int unansweredMax) {
        pools.put(Kind.LOOK_UP, Pool.of("broker-look-up", threads, unansweredMax));
        pools.put(Kind.DISK_SIZE, Pool.of("broker-disk-size", 1, unansweredMax));
        pools.put(Kind.LOG_MOVE, Pool.of("broker-log-move", threads, unansweredMax));
        pools.put(Kind.CLUSTER_CHANGE, Pool.of("broker-cluster-change", threads, unansweredMax));
        pools.put(Kind.PRODUCER_ID, Pool.of("broker-producer-id", 1, unansweredMax));
    }

    /**
     * Answers {@code call} with the result of {@code work}.
     *
     * @param work runs on a thread of this kind, and may block
     * @param overloaded makes the answer if too many requests wait
     */
    public <A extends Response> void answer(Kind kind, Call<A> call, Supplier<A> work, Supplier<A> overloaded) {
        answerLater(kind, call, () -> CompletableFuture.completedStage(work.get()), overloaded);
    }

    /**
     * Like {@link #answer}, for work that returns before its answer is known; no thread waits for that answer. The stage should
     * complete on the connection's event loop, with {@link Call#execute} as executor, because the answer is encoded then.
     */
    <A extends Response> void answerLater(
            Kind kind, Call<A> call, Supplier<CompletionStage<A>> work, Supplier<A> overloaded) {
        call.holdConnection();
        Pool pool = pool(kind);
        if (!call.mayWait() || !pool.places().tryAcquire()) {
            call.answer(overloaded.get());
            return;
        }
        Runnable task = () -> run(pool, call, work);
        try {
            pool.threads().execute(task);
        } catch (RejectedExecutionException e) {
            pool.places().release();
            call.answer(overloaded.get());
            return;
        }
        call.onDisconnect(() -> {
            if (pool.threads().remove(task)) {
                pool.places().release();
            }
        });
    }

    private static <A extends Response> void run(Pool pool, Call<A> call, Supplier<CompletionStage<A>> work) {
        CompletionStage<A> answer;
        try {
            answer = work.get();
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedStage(e);
        }
        var unused = answer.whenComplete((body, failure) -> pool.places().release());
        answer(call, answer);
    }

    /** Answers {@code call} on the thread that completes {@code answer}. */
    static <A extends Response> void answer(Call<A> call, CompletionStage<A> answer) {
        var unused = answer.whenComplete((body, failure) -> {
            if (failure == null) {
                call.answer(body);
            } else {
                call.fail(failure);
            }
        });
    }

    private Pool pool(Kind kind) {
        Pool pool = pools.get(kind);
        if (pool == null) {
            throw new IllegalStateException("no threads for " + kind);
        }
        return pool;
    }

    /** Ends the threads when they have finished the queued requests. */
    @Override
    public void close() {
        pools.values().forEach(pool -> pool.threads().shutdown());
        try {
            for (Map.Entry<Kind, Pool> each : pools.entrySet()) {
                if (!each.getValue().threads().awaitTermination(END_SECONDS_MAX, TimeUnit.SECONDS)) {
                    LOG.warn("Blocking requests did not end within {} s: {}", END_SECONDS_MAX, each.getKey());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
