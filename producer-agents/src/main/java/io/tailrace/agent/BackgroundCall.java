package io.tailrace.agent;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A call that may wait, made outside the agent's thread: one at a time. Used by the agent's thread alone.
 *
 * @param <T> what the call returns
 */
final class BackgroundCall<T> {
    private final Executor executor;
    private final Runnable wakeUp;
    private final Supplier<T> call;
    private @Nullable CompletableFuture<T> running;

    /** @param wakeUp called by any thread when there is a result */
    BackgroundCall(Executor executor, Runnable wakeUp, Supplier<T> call) {
        this.executor = executor;
        this.wakeUp = wakeUp;
        this.call = call;
    }

    /**
     * The result of a call that was started before and has ended; else starts one, unless one is running. Throws what the call throws.
     *
     * @return empty if the call has not ended yet
     */
    Optional<T> result() {
        CompletableFuture<T> now = running;
        if (now == null) {
            now = CompletableFuture.supplyAsync(call, executor);
            running = now;
            var unused = now.whenComplete((result, failure) -> wakeUp.run());
        }
        if (!now.isDone()) {
            return Optional.empty();
        }
        running = null;
        try {
            return Optional.of(now.join());
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw e;
        }
    }
}
