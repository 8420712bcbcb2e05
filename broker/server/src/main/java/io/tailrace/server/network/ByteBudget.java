package io.tailrace.server.network;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The bytes that all connections together hold for one purpose. Bytes may be counted only after they are held, so they may exceed
 * the bound; connections then hold back while {@link #isExhausted}. Thread-safe.
 */
public final class ByteBudget {
    private final String name;
    private final long bytesMax;
    private final Consumer<ByteBudget> onExhausted;

    private final AtomicLong usedBytes = new AtomicLong();
    private final AtomicLong exhaustions = new AtomicLong();

    /**
     * Creates an empty budget.
     *
     * @param name the purpose of the bytes, as log lines name it
     * @param bytesMax bound, inclusive
     * @param onExhausted called on any thread when a frame must wait or the bound is exceeded; must not block
     */
    ByteBudget(String name, long bytesMax, Consumer<ByteBudget> onExhausted) {
        if (bytesMax <= 0) {
            throw new IllegalArgumentException("bytes for " + name + " must be positive, are " + bytesMax);
        }
        this.name = name;
        this.bytesMax = bytesMax;
        this.onExhausted = onExhausted;
    }

    /** Counts bytes that a connection holds. */
    void add(long bytes) {
        long used = usedBytes.addAndGet(bytes);
        if (used > bytesMax && used - bytes <= bytesMax) {
            exhausted();
        }
    }

    /** Counts bytes that a connection is about to hold; the caller has compared them with the bound. */
    void reserve(long bytes) {
        usedBytes.addAndGet(bytes);
    }

    /** Counts bytes that a connection has released. */
    void release(long bytes) {
        long used = usedBytes.addAndGet(-bytes);
        if (used < 0) {
            throw new IllegalStateException("released " + -used + " bytes more than were counted for " + name);
        }
    }

    /** Reports that a frame must wait for bytes. */
    void exhausted() {
        exhaustions.incrementAndGet();
        onExhausted.accept(this);
    }

    /** Whether the bound is reached. */
    boolean isExhausted() {
        return usedBytes.get() >= bytesMax;
    }

    /** The purpose of the bytes. */
    public String name() {
        return name;
    }

    /** The bound, inclusive. */
    public long bytesMax() {
        return bytesMax;
    }

    /** Bytes held now. */
    public long usedBytes() {
        return usedBytes.get();
    }

    /** How often a frame had to wait or the bound was exceeded, since the start of the broker. */
    public long exhaustions() {
        return exhaustions.get();
    }
}
