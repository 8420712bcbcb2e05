package io.tailrace.server.follower;

import io.tailrace.server.partition.Partition;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/** A partition that is copied from a leader in one leader epoch. Guarded by its fetcher's monitor. */
final class Following {
    private static final long PAUSE_MS_MIN = 50;

    private final Partition partition;
    private final int leaderEpoch;
    private CompletableFuture<Void> durable = CompletableFuture.completedFuture(null);
    private int failures;
    private long retryAtMs = Long.MIN_VALUE;

    Following(Partition partition, int leaderEpoch) {
        this.partition = partition;
        this.leaderEpoch = leaderEpoch;
    }

    Partition partition() {
        return partition;
    }

    int leaderEpoch() {
        return leaderEpoch;
    }

    /** When it may be asked for again. */
    long retryAtMs() {
        return retryAtMs;
    }

    /**
     * Whether asking for what comes next may acknowledge what there is: where acknowledgements wait for the disk, only
     * what is on it.
     */
    boolean mayAcknowledge() {
        return durable.isDone() && !durable.isCompletedExceptionally();
    }

    /** Acknowledges nothing until {@code synced} is done, which then calls {@code wake}. */
    void acknowledgeAfter(CompletableFuture<Void> synced, Runnable wake) {
        durable = synced;
        if (!synced.isDone()) {
            var unused = synced.whenComplete((done, failure) -> wake.run());
        }
    }

    /** Whether it failed the last time. */
    boolean hasFailed() {
        return failures > 0;
    }

    void succeeded() {
        failures = 0;
    }

    /** Leaves it out for a while, longer with every failure in a row. */
    void failed(long nowMs, long pauseMsMax) {
        failures++;
        retryAtMs = nowMs + pauseMs(failures, pauseMsMax);
    }

    /** Doubling from 50 ms, each off by up to a fifth, so that partitions and brokers do not march in step. */
    static long pauseMs(int failures, long pauseMsMax) {
        long doubled = Math.min(pauseMsMax, PAUSE_MS_MIN << Math.min(failures - 1, 20));
        return Math.max(1, (long) (doubled * ThreadLocalRandom.current().nextDouble(0.8, 1.2)));
    }
}
