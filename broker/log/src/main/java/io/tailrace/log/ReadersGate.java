package io.tailrace.log;

import java.io.IOException;
import java.util.concurrent.locks.StampedLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps readers and what takes bytes from under them apart. A reader takes no lock: it looks, and looks again if it was
 * disturbed meanwhile, then keeping the disturbance out.
 */
final class ReadersGate {
    /** A look at the log. */
    interface Reading<T> {
        /** The answer, or null if a segment was gone already. */
        @Nullable
        T once() throws IOException;
    }

    /** Lets go of an answer that is not used. */
    interface Undo<T> {
        void of(T answer);
    }

    /** A change that readers must not see half done. */
    interface Change {
        void run() throws IOException;
    }

    private final StampedLock lock = new StampedLock();

    /** Repeats a look until it was not disturbed. */
    <T> T read(Reading<T> reading, Undo<T> undo) throws IOException {
        long stamp = lock.tryOptimisticRead();
        if (stamp != 0) {
            try {
                T answer = reading.once();
                if (answer != null) {
                    if (lock.validate(stamp)) {
                        return answer;
                    }
                    undo.of(answer);
                }
            } catch (IOException | OffsetOutOfRangeException e) {
                if (lock.validate(stamp)) {
                    throw e;
                }
            }
        }
        stamp = lock.readLock();
        try {
            T answer = null;
            while (answer == null) {
                answer = reading.once();
            }
            return answer;
        } finally {
            lock.unlockRead(stamp);
        }
    }

    /** Makes a change with readers kept out. Takes no other lock inside. */
    void change(Change change) throws IOException {
        long stamp = lock.writeLock();
        try {
            change.run();
        } finally {
            lock.unlockWrite(stamp);
        }
    }
}
