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
 * Where answers wait until the thread that owns a client's state takes them, so that the state needs no lock.
 *
 * <p>Bounded by the requests that are unanswered: only their answers come here.
 */
final class Mailbox {
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private volatile @Nullable Thread owner;

    /**
     * Hands the outcome of a future to its owner's thread. What the handler throws, {@link #drain} throws.
     *
     * @param handler takes the answer, or null and the failure
     */
    <T> void onOutcome(CompletableFuture<T> future, BiConsumer<@Nullable T, @Nullable Throwable> handler) {
        CompletableFuture<T> unused = future.whenComplete((answer, failure) -> {
            tasks.add(() -> handler.accept(answer, failure));
            wake();
        });
    }

    /** Makes {@link #await} return; may be called from any thread, costs little if it was called before. */
    void wake() {
        if (!woken.get() && woken.compareAndSet(false, true)) {
            LockSupport.unpark(owner);
        }
    }

    /** Runs what is there, on the caller's thread. */
    void drain() {
        woken.set(false);
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** Waits for a task or a wake, at most so long. One thread only. */
    void await(long timeoutMs) {
        owner = Thread.currentThread();
        if (!woken.get() && timeoutMs > 0) {
            LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(timeoutMs));
        }
    }
}
