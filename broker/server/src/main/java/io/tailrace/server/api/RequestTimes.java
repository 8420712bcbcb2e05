package io.tailrace.server.api;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * How long requests of one kind take: their number and sum since the start, and quantiles of the last five minutes. Thread-safe;
 * adding takes no lock and allocates nothing. A quantile is up to an eighth too high. Requests that are added while a minute
 * begins may be missing in the quantiles.
 */
final class RequestTimes {
    private static final List<Double> QUANTILES = List.of(0.5, 0.75, 0.95, 0.98, 0.99, 0.999);
    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int MINUTES = 5;
    private static final double MICROS_PER_MS = 1000;
    private static final double NANOS_PER_MS = 1_000_000;

    /** Buckets of each power of two: their bounds are at most an eighth apart. */
    private static final int PER_POWER = 8;

    private static final int PER_POWER_BITS = 3;
    /** The last one begins at about 8 minutes. */
    private static final int BUCKETS = 28 * PER_POWER;

    private final LongAdder count = new LongAdder();
    private final LongAdder sumNanos = new LongAdder();
    private final long startNanos;
    /** The minute that each slot holds, counted from the start. */
    private final AtomicLongArray minutes = new AtomicLongArray(MINUTES);

    private final AtomicIntegerArray[] slots = new AtomicIntegerArray[MINUTES];

    /** @param nowNanos as the times that follow, on any scale that rises */
    RequestTimes(long nowNanos) {
        startNanos = nowNanos;
        for (int slot = 0; slot < MINUTES; slot++) {
            minutes.set(slot, slot - MINUTES);
            slots[slot] = new AtomicIntegerArray(BUCKETS);
        }
    }

    void add(long takenNanos, long nowNanos) {
        count.increment();
        sumNanos.add(takenNanos);
        long minute = minute(nowNanos);
        int slot = (int) (minute % MINUTES);
        long held = minutes.get(slot);
        if (held < minute && minutes.compareAndSet(slot, held, minute)) {
            for (int bucket = 0; bucket < BUCKETS; bucket++) {
                slots[slot].set(bucket, 0);
            }
        }
        slots[slot].incrementAndGet(bucket(TimeUnit.NANOSECONDS.toMicros(takenNanos)));
    }

    private long minute(long nowNanos) {
        return Math.max(0, nowNanos - startNanos) / MINUTE_NANOS;
    }

    /** The bucket of a time: small ones have one each, others share the leading bits. */
    private static int bucket(long micros) {
        if (micros < PER_POWER) {
            return (int) Math.max(0, micros);
        }
        int power = Long.SIZE - 1 - Long.numberOfLeadingZeros(micros);
        int leading = (int) (micros >>> (power - PER_POWER_BITS)) - PER_POWER;
        return Math.min(BUCKETS - 1, (power - PER_POWER_BITS + 1) * PER_POWER + leading);
    }

    /** The upper bound of a bucket, exclusive. */
    private static double upperMicros(int bucket) {
        if (bucket < PER_POWER) {
            return bucket + 1;
        }
        int shift = bucket / PER_POWER - 1;
        return (double) ((long) (bucket % PER_POWER + PER_POWER + 1) << shift);
    }

    /** Requests since the start. */
    long count() {
        return count.sum();
    }

    /** The sum of their times, in milliseconds. */
    double sumMs() {
        return sumNanos.sum() / NANOS_PER_MS;
    }

    /** Milliseconds by quantile, in order; empty if there was no request in the last five minutes. */
    Map<Double, Double> quantilesMs(long nowNanos) {
        long[] recent = new long[BUCKETS];
        long total = 0;
        long oldest = minute(nowNanos) - MINUTES + 1;
        for (int slot = 0; slot < MINUTES; slot++) {
            for (int bucket = 0; minutes.get(slot) >= oldest && bucket < BUCKETS; bucket++) {
                int requests = slots[slot].get(bucket);
                recent[bucket] += requests;
                total += requests;
            }
        }
        Map<Double, Double> quantiles = new TreeMap<>();
        if (total == 0) {
            return quantiles;
        }
        long passed = 0;
        int bucket = -1;
        for (double quantile : QUANTILES) {
            long rank = Math.max(1, (long) Math.ceil(quantile * total));
            while (passed < rank) {
                passed += recent[++bucket];
            }
            quantiles.put(quantile, upperMicros(bucket) / MICROS_PER_MS);
        }
        return quantiles;
    }
}
