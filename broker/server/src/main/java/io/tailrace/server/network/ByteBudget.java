package io.tailrace.server.network;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The bytes that all connections together may hold for one purpose. Thread-safe.
 *
 * <p>A connection either reserves bytes before it holds them, and waits if there is no room; or adds bytes that it
 * already holds, which may exceed the bound, and then holds back until {@link #isExhausted} is over. Released bytes are granted
 * to the waiting connections in the order of their reservations, so that small ones cannot overtake a large one for ever.
 */
public final class ByteBudget {
    private final String name;
    private final long bytesMax;
    private final Consumer<ByteBudget> onExhausted;

    private final AtomicLong usedBytes = new AtomicLong();
    private final AtomicLong exhaustions = new AtomicLong();

    /** Reservations that wait, in order, each by the bytes it needs. Guarded by itself; never held while a waiter runs. */
    private final Map<Runnable, Integer> waiters = new LinkedHashMap<>();

    /** Bytes that are reserved for woken waiters that have not asked for them again. Guarded by {@link #waiters}. */
    private final Map<Runnable, Integer> granted = new HashMap<>();

    /** Whether {@link #waiters} has any. Written under their lock. */
    private volatile boolean hasWaiters;

    /** Whether {@link #granted} has any. Written under the lock of {@link #waiters}. */
    private volatile boolean hasGrants;

    /**
     * Creates an empty budget.
     *
     * @param name what the bytes are for, as a log line says it
     * @param bytesMax bound, inclusive
     * @param onExhausted called on any thread when a connection must wait or the bound is exceeded
     */
    ByteBudget(String name, long bytesMax, Consumer<ByteBudget> onExhausted) {
        if (bytesMax <= 0) {
            throw new IllegalArgumentException("bytes for " + name + " must be positive, are " + bytesMax);
        }
        this.name = name;
        this.bytesMax = bytesMax;
        this.onExhausted = onExhausted;
    }

    /**
     * Reserves {@code bytes} if they fit and no other connection waits.
     *
     * @param waiter identifies the reservation; called once, on any thread, when the bytes are set aside for it: then the same
     *     reservation succeeds
     * @return whether the bytes are reserved
     */
    boolean reserveOrWait(int bytes, Runnable waiter) {
        if (!hasWaiters && !hasGrants && tryReserve(bytes)) {
            return true;
        }
        synchronized (waiters) {
            Integer set = granted.remove(waiter);
            hasGrants = !granted.isEmpty();
            if (set != null) {
                if (set != bytes) {
                    throw new IllegalStateException("waited for " + set + " bytes, asks for " + bytes + " of " + name);
                }
                return true;
            }
            if (waiters.containsKey(waiter)) {
                return false;
            }
            // Set first, so that a release from here on looks for waiters.
            boolean first = waiters.isEmpty();
            hasWaiters = true;
            if (first && tryReserve(bytes)) {
                hasWaiters = false;
                return true;
            }
            waiters.put(waiter, bytes);
        }
        exhausted();
        return false;
    }

    private boolean tryReserve(int bytes) {
        for (long used = usedBytes.get(); used + bytes <= bytesMax; used = usedBytes.get()) {
            if (usedBytes.compareAndSet(used, used + bytes)) {
                return true;
            }
        }
        return false;
    }

    /** Ends the wait of a connection that is closed. */
    void cancel(Runnable waiter) {
        Integer set;
        synchronized (waiters) {
            waiters.remove(waiter);
            hasWaiters = !waiters.isEmpty();
            set = granted.remove(waiter);
            hasGrants = !granted.isEmpty();
        }
        release(set == null ? 0 : set);
    }

    /** Counts bytes that a connection holds already. */
    void add(long bytes) {
        long used = usedBytes.addAndGet(bytes);
        if (used > bytesMax && used - bytes <= bytesMax) {
            exhausted();
        }
    }

    /** Releases bytes that were reserved or added, and wakes the first waiters, as many as there is room for. */
    void release(long bytes) {
        long used = usedBytes.addAndGet(-bytes);
        if (used < 0) {
            throw new IllegalStateException("released " + -used + " bytes more than were reserved for " + name);
        }
        if (!hasWaiters) {
            return;
        }
        List<Runnable> woken = new ArrayList<>();
        synchronized (waiters) {
            for (var all = waiters.entrySet().iterator(); all.hasNext(); ) {
                var first = all.next();
                if (!tryReserve(first.getValue())) {
                    break;
                }
                all.remove();
                granted.put(first.getKey(), first.getValue());
                woken.add(first.getKey());
            }
            hasWaiters = !waiters.isEmpty();
            hasGrants = !granted.isEmpty();
        }
        woken.forEach(Runnable::run);
    }

    private void exhausted() {
        exhaustions.incrementAndGet();
        onExhausted.accept(this);
    }

    /** Whether the bound is reached or a connection waits. */
    boolean isExhausted() {
        return hasWaiters || usedBytes.get() >= bytesMax;
    }

    /** What the bytes are for. */
    public String name() {
        return name;
    }

    /** The bound, inclusive. */
    public long bytesMax() {
        return bytesMax;
    }

    /** Bytes reserved and added now. */
    public long usedBytes() {
        return usedBytes.get();
    }

    /** How often a reservation had to wait or the bound was exceeded, since the start of the broker. */
    public long exhaustions() {
        return exhaustions.get();
    }
}
