package io.tailrace.server.network;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The bytes that all connections together may hold for one purpose. Thread-safe.
 *
 * <p>A connection either reserves bytes before it holds them, and waits if there is no room; or adds bytes that it
 * already holds, which may exceed the bound, and then holds back until {@link #isExhausted} is over. All waiting connections
 * are woken when bytes are released and try again, so small reservations can overtake a large one. Connections that hold
 * bytes and wait for more can block each other: then {@link #evictOldest} closes the one that has held bytes longest.
 */
public final class ByteBudget {
    private final String name;
    private final long bytesMax;
    private final Consumer<ByteBudget> onExhausted;

    private final AtomicLong usedBytes = new AtomicLong();
    private final AtomicLong exhaustions = new AtomicLong();

    /** Guarded by itself; never held while a waiter runs. */
    private final Set<Runnable> waiters = new LinkedHashSet<>();

    /** Closes each connection that holds reserved bytes, in the order of their first reservation. Guarded by itself. */
    private final Set<Runnable> holders = new LinkedHashSet<>();

    /** Whether {@link #waiters} has any. Written under their lock. */
    private volatile boolean hasWaiters;

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
     * Reserves {@code bytes} if they fit.
     *
     * @param waiter called once, on any thread, when bytes were released after this reservation failed
     * @return whether the bytes are reserved
     */
    boolean reserveOrWait(int bytes, Runnable waiter) {
        if (tryReserve(bytes)) {
            return true;
        }
        synchronized (waiters) {
            waiters.add(waiter);
            hasWaiters = true;
        }
        // Bytes released before the waiter was added woke nobody.
        if (tryReserve(bytes)) {
            cancel(waiter);
            return true;
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

    /** Removes a waiter whose connection is closed or has its bytes. */
    void cancel(Runnable waiter) {
        synchronized (waiters) {
            waiters.remove(waiter);
            hasWaiters = !waiters.isEmpty();
        }
    }

    /**
     * Adds a connection that has reserved bytes.
     *
     * @param eviction closes the connection; called on any thread, must not block
     */
    void addHolder(Runnable eviction) {
        synchronized (holders) {
            holders.add(eviction);
        }
    }

    /** Removes a connection that has released its bytes. */
    void removeHolder(Runnable eviction) {
        synchronized (holders) {
            holders.remove(eviction);
        }
    }

    /** Closes the connection that has held reserved bytes longest. */
    void evictOldest() {
        Runnable oldest;
        synchronized (holders) {
            Iterator<Runnable> inOrder = holders.iterator();
            if (!inOrder.hasNext()) {
                return;
            }
            oldest = inOrder.next();
            inOrder.remove();
        }
        oldest.run();
    }

    /** Counts bytes that a connection holds already. */
    void add(long bytes) {
        long used = usedBytes.addAndGet(bytes);
        if (used > bytesMax && used - bytes <= bytesMax) {
            exhausted();
        }
    }

    /** Releases bytes that were reserved or added, and wakes all waiters. */
    void release(long bytes) {
        long used = usedBytes.addAndGet(-bytes);
        if (used < 0) {
            throw new IllegalStateException("released " + -used + " bytes more than were reserved for " + name);
        }
        if (!hasWaiters) {
            return;
        }
        List<Runnable> woken;
        synchronized (waiters) {
            woken = new ArrayList<>(waiters);
            waiters.clear();
            hasWaiters = false;
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
