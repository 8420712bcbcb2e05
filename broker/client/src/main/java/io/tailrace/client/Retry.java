package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Makes a call, waits for its result, and repeats it after a retriable error. Thread-safe. */
final class Retry {
    private final int timeoutMs;
    private final Backoff backoff;
    private final Time time;

    /**
     * Creates a policy.
     *
     * @param timeoutMs how long a call may take, with all its attempts
     */
    Retry(int timeoutMs, Backoff backoff, Time time) {
        this.timeoutMs = timeoutMs;
        this.backoff = backoff;
        this.time = time;
    }

    /**
     * Makes a call.
     *
     * @param what names the call in messages
     * @throws ClientException the failure of the last attempt
     */
    <T> T call(String what, Supplier<CompletableFuture<T>> attempt) {
        long deadlineMs = time.elapsedMs() + timeoutMs;
        for (int failures = 1; ; failures++) {
            ClientException failure;
            try {
                return attempt.get().get(Math.max(0, deadlineMs - time.elapsedMs()), TimeUnit.MILLISECONDS);
            } catch (ExecutionException e) {
                failure = clientException(e, what);
            } catch (TimeoutException e) {
                throw new ClientException(
                        ErrorCode.REQUEST_TIMED_OUT, what + ": no answer within " + timeoutMs + " ms", e);
            } catch (InterruptedException e) {
                throw interrupted(what, e);
            }
            long pauseMs = backoff.pauseMs(failures);
            if (!failure.retriable() || time.elapsedMs() + pauseMs >= deadlineMs) {
                throw new ClientException(failure.errorCode(), message(what, failure), failure);
            }
            pause(what, pauseMs);
        }
    }

    private static String message(String what, ClientException failure) {
        String message = String.valueOf(failure.getMessage());
        return message.startsWith(what) ? message : what + ": " + message;
    }

    private static void pause(String what, long pauseMs) {
        try {
            TimeUnit.MILLISECONDS.sleep(pauseMs);
        } catch (InterruptedException e) {
            throw interrupted(what, e);
        }
    }

    private static ClientException interrupted(String what, InterruptedException e) {
        Thread.currentThread().interrupt();
        return new ClientException(ErrorCode.REQUEST_TIMED_OUT, what + ": interrupted", e);
    }

    /** The failure of a future, as that of a call with this name. */
    static ClientException clientException(Throwable failure, String what) {
        Throwable cause = unwrapped(failure);
        return cause instanceof ClientException e
                ? e
                : new ClientException(ErrorCode.UNKNOWN_SERVER_ERROR, what + ": " + cause, cause);
    }

    /** The failure of a future, without the wrappers that futures add. */
    static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** The error code of a future's failure. */
    static ErrorCode errorOf(Throwable failure) {
        return unwrapped(failure) instanceof ClientException e ? e.errorCode() : ErrorCode.UNKNOWN_SERVER_ERROR;
    }
}
