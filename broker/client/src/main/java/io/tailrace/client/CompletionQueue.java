package io.tailrace.client;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Outcomes of requests, queued for the thread that owns a client's state, so that this state needs no lock.
 *
 * <p>Bounded by the number of unanswered requests: only their outcomes are queued.
 */
final class CompletionQueue {
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private volatile @Nullable Thread owner;

    /**
     * Queues the outcome of a future for the owner's thread. Exceptions of the handler reach the caller of {@link #drain}.
     *
     * @param handler takes the result, or null and the failure
     */
    <T> void whenComplete(CompletableFuture<T> future, BiConsumer<@Nullable T, @Nullable Throwable> handler) {
        CompletableFuture<T> unused = future.whenComplete((answer, failure) -> {
            tasks.add(() -> handler.accept(answer, failure));
            wake();
        });
    }

    /** Makes {@link #await} return. May be called from any thread; cheap if repeated. */
    void wake() {
        if (!woken.get() && woken.compareAndSet(false, true)) {
            LockSupport.unpark(owner);
        }
    }

    /** Runs the queued handlers on the caller's thread. */
    void drain() {
        woken.set(false);
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** Waits for a handler or a {@link #wake}, for up to this long. For one thread. */
    void await(long timeoutMs) {
        owner = Thread.currentThread();
        if (!woken.get() && timeoutMs > 0) {
            LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(timeoutMs));
        }
    }
}
