package io.tailrace.server.network;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * The bytes that unfinished request frames of all connections may hold together. Thread-safe.
 *
 * <p>Who finds no room waits in line and is called once something was given back; it then tries again, so a large
 * frame can be overtaken by small ones.
 */
public final class RequestMemory {
    private final long bytesMax;

    /** Guards {@link #reservedBytes} and {@link #waiters}; never held while a waiter runs. */
    private final Object lock = new Object();

    private long reservedBytes;
    private final Queue<Runnable> waiters = new ArrayDeque<>();

    /** @param bytesMax bound of what is reserved at any time */
    public RequestMemory(long bytesMax) {
        if (bytesMax <= 0) {
            throw new IllegalArgumentException("bytesMax must be positive, is " + bytesMax);
        }
        this.bytesMax = bytesMax;
    }

    /** Reserves {@code bytes}, or remembers {@code waiter} to be run, once, when memory was given back. */
    boolean reserveOrWait(int bytes, Runnable waiter) {
        synchronized (lock) {
            if (reservedBytes + bytes <= bytesMax) {
                reservedBytes += bytes;
                return true;
            }
            waiters.add(waiter);
            return false;
        }
    }

    /** Gives back what was reserved, and wakes everyone in line. */
    void release(int bytes) {
        List<Runnable> awakened;
        synchronized (lock) {
            reservedBytes -= bytes;
            if (reservedBytes < 0) {
                throw new IllegalStateException("gave back more request memory than reserved, by " + -reservedBytes);
            }
            if (waiters.isEmpty()) {
                return;
            }
            awakened = new ArrayList<>(waiters);
            waiters.clear();
        }
        awakened.forEach(Runnable::run);
    }

    /** Bytes reserved now. */
    public long reservedBytes() {
        synchronized (lock) {
            return reservedBytes;
        }
    }
}
