package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A request to a coordinator, which is repeated after retriable errors until its deadline. For one thread, except {@link #lastFailure}. */
final class CoordinatorCall<T> {
    /**
     * The pause while the coordinator ends the transaction before, which is short: the markers are on their way. Kafka's producer waits
     * as long.
     */
    static final long CONCURRENT_TRANSACTIONS_PAUSE_MS = 20;

    private final String what;
    private final Supplier<CompletableFuture<T>> attempt;
    private final long deadlineMs;
    private final CompletionQueue completions;
    private final Time time;
    private final Backoff backoff;
    private final CompletableFuture<T> result = new CompletableFuture<>();

    private boolean inFlight;
    private boolean cancelled;
    private int failures;
    private long nextMs = Long.MIN_VALUE;
    private volatile @Nullable ClientException lastFailure;

    /**
     * Sends nothing yet.
     *
     * @param what names the call in messages
     * @param attempt sends one request
     * @param deadlineMs when the call fails, on the clock of elapsed time; {@code Long.MAX_VALUE} for never
     */
    CoordinatorCall(
            String what,
            Supplier<CompletableFuture<T>> attempt,
            long deadlineMs,
            CompletionQueue completions,
            Time time,
            Backoff backoff) {
        this.what = what;
        this.attempt = attempt;
        this.deadlineMs = deadlineMs;
        this.completions = completions;
        this.time = time;
        this.backoff = backoff;
    }

    /** Completed on the thread that calls {@link #poll}. */
    CompletableFuture<T> result() {
        return result;
    }

    /** Sends the request if it is due. Returns the time by which to call again. */
    long poll(long nowMs) {
        if (result.isDone() || inFlight) {
            return Long.MAX_VALUE;
        }
        if (nowMs < nextMs) {
            return nextMs;
        }
        inFlight = true;
        completions.whenComplete(attempt.get(), this::answered);
        return Long.MAX_VALUE;
    }

    /** Makes no further attempt. One that is in flight is still waited for. */
    void cancel(ClientException why) {
        cancelled = true;
        if (!inFlight) {
            result.completeExceptionally(why);
        }
    }

    private void answered(@Nullable T answer, @Nullable Throwable failure) {
        inFlight = false;
        if (failure == null) {
            lastFailure = null;
            result.complete(answer);
            return;
        }
        failures++;
        ClientException why = Retry.clientException(failure, what);
        lastFailure = why;
        nextMs = time.elapsedMs() + pauseMs(why.errorCode());
        if (!why.retriable() || cancelled) {
            result.completeExceptionally(why);
        } else if (nextMs >= deadlineMs) {
            result.completeExceptionally(new ClientException(
                    ErrorCode.REQUEST_TIMED_OUT,
                    what + ": not done within delivery.timeout.ms, " + failures + " attempts; last error: "
                            + why.getMessage(),
                    why));
        }
    }

    private long pauseMs(ErrorCode error) {
        long pauseMs = backoff.pauseMs(failures);
        return error == ErrorCode.CONCURRENT_TRANSACTIONS
                ? Math.min(CONCURRENT_TRANSACTIONS_PAUSE_MS, pauseMs)
                : pauseMs;
    }

    /** Why the last attempt failed; null if it did not, or none was made. */
    @Nullable
    ClientException lastFailure() {
        return lastFailure;
    }
}
