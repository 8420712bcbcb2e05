package io.tailrace.log;

import java.io.IOException;
import java.util.concurrent.locks.StampedLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets readers run without a lock while truncations happen. A read is optimistic; if a truncation overlapped, the read is
 * repeated under a read lock.
 */
final class OptimisticReadLock {
    /** A read of the log. */
    interface Read<T> {
        /** The result, or null if a segment was closed in between. */
        @Nullable
        T run() throws IOException;
    }

    /** Releases a result that is not used. */
    interface Discard<T> {
        void discard(T result);
    }

    private final StampedLock lock = new StampedLock();

    /** Reads until no change overlapped. Any exception of a read that a change overlapped is dropped. */
    <T> T read(Read<T> read, Discard<T> discard) throws IOException {
        long stamp = lock.tryOptimisticRead();
        if (stamp != 0) {
            try {
                T result = read.run();
                if (result != null) {
                    if (lock.validate(stamp)) {
                        return result;
                    }
                    discard.discard(result);
                }
            } catch (IOException | RuntimeException e) {
                if (lock.validate(stamp)) {
                    throw e;
                }
            }
        }
        stamp = lock.readLock();
        try {
            T result = null;
            while (result == null) {
                result = read.run();
            }
            return result;
        } finally {
            lock.unlockRead(stamp);
        }
    }

    /** Makes a change while no reader runs. Takes no other lock inside. */
    void change(ThrowingRunnable<IOException> change) throws IOException {
        long stamp = lock.writeLock();
        try {
            change.run();
        } finally {
            lock.unlockWrite(stamp);
        }
    }
}
