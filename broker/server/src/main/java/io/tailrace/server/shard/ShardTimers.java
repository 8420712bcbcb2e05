package io.tailrace.server.shard;

import io.tailrace.shard.Shard;
import io.tailrace.shard.Timeout;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The timers of one shard, in {@link RunningTime}. Confined to the shard. */
final class ShardTimers<S extends Shard<S>> {
    private static final long RETRY_MS_MIN = 100;
    private static final int RETRY_DOUBLINGS_MAX = 7;

    private final Map<Timeout<S>, Deadline<S>> byTimeout = new HashMap<>();
    private final TreeSet<Deadline<S>> byTime =
            new TreeSet<>(Comparator.<Deadline<S>>comparingLong(Deadline::atMs).thenComparingLong(Deadline::sequence));
    private long sequence;

    /**
     * When a timer expires.
     *
     * @param sequence orders deadlines at the same time by when they were set
     * @param attempts how often it has expired and its decision was refused
     */
    record Deadline<S extends Shard<S>>(long atMs, long sequence, Timeout<S> timeout, int attempts) {}

    /** Starts a timer, or moves it. */
    void start(Timeout<S> timeout, long atMs) {
        put(timeout, atMs, 0);
    }

    private void put(Timeout<S> timeout, long atMs, int attempts) {
        Deadline<S> next = new Deadline<>(atMs, sequence++, timeout, attempts);
        Deadline<S> before = byTimeout.put(timeout, next);
        if (before != null) {
            byTime.remove(before);
        }
        byTime.add(next);
    }

    /** Whether a timer has been started and has not expired. */
    boolean isRunning(Timeout<S> timeout) {
        return byTimeout.containsKey(timeout);
    }

    /** Stops a timer, if it runs. */
    void stop(Timeout<S> timeout) {
        Deadline<S> before = byTimeout.remove(timeout);
        if (before != null) {
            byTime.remove(before);
        }
    }

    /** Takes the timer that has expired first; null if none has. */
    @Nullable
    Deadline<S> pollExpired(long nowMs) {
        if (byTime.isEmpty() || byTime.first().atMs() > nowMs) {
            return null;
        }
        Deadline<S> first = byTime.first();
        stop(first.timeout());
        return first;
    }

    /** Lets a timer whose decision was refused expire again: after 100 ms, 200 ms and so on, up to 12.8 s. */
    void retry(Deadline<S> expired, long nowMs) {
        long delayMs = RETRY_MS_MIN << Math.min(expired.attempts(), RETRY_DOUBLINGS_MAX);
        put(expired.timeout(), nowMs + delayMs, expired.attempts() + 1);
    }

    /** When the next timer expires. */
    OptionalLong nextMs() {
        return byTime.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(byTime.first().atMs());
    }

    int size() {
        return byTimeout.size();
    }
}
