package io.tailrace.server.follower;

import io.tailrace.server.partition.Partition;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The state of copying a partition from its leader in one leader epoch. Guarded by its fetcher's monitor, except for what
 * {@link #warn} uses, which is confined to the fetcher's thread.
 */
final class FetchState {
    private static final long PAUSE_MS_MIN = 50;

    private final Partition partition;
    private final int leaderEpoch;
    private CompletableFuture<Void> durable = CompletableFuture.completedFuture(null);
    private int failures;
    private boolean warned;
    private long retryAtMs = Long.MIN_VALUE;

    /** As of the last answer. Written by the fetcher's thread. */
    private volatile long leaderHighWatermark;

    FetchState(Partition partition, int leaderEpoch) {
        this.partition = partition;
        this.leaderEpoch = leaderEpoch;
    }

    Partition partition() {
        return partition;
    }

    int leaderEpoch() {
        return leaderEpoch;
    }

    /** The end of the pause after a failure. */
    long retryAtMs() {
        return retryAtMs;
    }

    /**
     * Whether the next fetch may acknowledge everything that was copied. If acknowledgements wait for the disk, all of it must be
     * on disk.
     */
    boolean mayAcknowledge() {
        return durable.isDone() && !durable.isCompletedExceptionally();
    }

    /** Acknowledges nothing until {@code synced} completes, which then calls {@code wake}. */
    void acknowledgeAfter(CompletableFuture<Void> synced, Runnable wake) {
        durable = synced;
        if (!synced.isDone()) {
            var unused = synced.whenComplete((done, failure) -> wake.run());
        }
    }

    void leaderHighWatermark(long offset) {
        leaderHighWatermark = offset;
    }

    /** Records below the leader's high watermark that this broker lacks, as of the last answer. */
    long lag() {
        return Math.max(0, leaderHighWatermark - partition.logEndOffset());
    }

    /** Whether a failure is to be logged: true once between two successes. */
    boolean warn() {
        boolean first = !warned;
        warned = true;
        return first;
    }

    /** Returns whether a failure had been logged. */
    boolean succeeded() {
        boolean recovered = warned;
        failures = 0;
        warned = false;
        return recovered;
    }

    /** Leaves the partition out of fetches for a while, longer with each failure in a row. */
    void failed(long nowMs, long pauseMsMax) {
        failures++;
        retryAtMs = nowMs + pauseMs(failures, pauseMsMax);
    }

    /** Doubles from 50 ms, give or take a fifth, so that partitions and brokers do not move in step. */
    static long pauseMs(int failures, long pauseMsMax) {
        long doubled = Math.min(pauseMsMax, PAUSE_MS_MIN << Math.min(failures - 1, 20));
        return Math.max(1, (long) (doubled * ThreadLocalRandom.current().nextDouble(0.8, 1.2)));
    }
}
