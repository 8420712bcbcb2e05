package io.tailrace.log;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Shares syncs. Requests that arrive while a sync runs are all served by the next one. However many requests there are, at
 * most one task is on the executor and one round waits. Thread-safe.
 */
final class GroupCommit {
    /** Forces at least everything below an offset. */
    interface Sync {
        void upTo(long offset) throws IOException;
    }

    private static final class Round {
        private final CompletableFuture<Void> done = new CompletableFuture<>();
        private long offset;
    }

    private final Executor executor;
    private final Sync sync;

    /** Guarded by this. */
    private @Nullable Round waiting;
    /** Guarded by this. */
    private boolean isRunning;

    GroupCommit(Executor executor, Sync sync) {
        this.executor = executor;
        this.sync = sync;
    }

    /** Completes on the executor once everything below an offset is forced; fails if the sync fails. */
    CompletableFuture<Void> request(long offset) {
        Round round;
        boolean start;
        synchronized (this) {
            round = waiting == null ? new Round() : waiting;
            round.offset = Math.max(round.offset, offset);
            waiting = round;
            start = !isRunning;
            isRunning = true;
        }
        if (start) {
            start();
        }
        return round.done;
    }

    private void start() {
        try {
            executor.execute(this::run);
        } catch (RejectedExecutionException e) {
            Round round;
            synchronized (this) {
                isRunning = false;
                round = takeRound();
            }
            round.done.completeExceptionally(e);
        }
    }

    private void run() {
        Round round = takeRound();
        try {
            sync.upTo(round.offset);
            round.done.complete(null);
        } catch (IOException | RuntimeException | Error e) {
            round.done.completeExceptionally(e);
        }
        boolean hasMore;
        synchronized (this) {
            hasMore = waiting != null;
            isRunning = hasMore;
        }
        if (hasMore) {
            start();
        }
    }

    private synchronized Round takeRound() {
        Round round = waiting;
        if (round == null) {
            throw new IllegalStateException("sync started without a request");
        }
        waiting = null;
        return round;
    }
}
