package io.tailrace.schemas.registry;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One instance's copy of the state, and its way to write to the log.
 *
 * <p>Thread-safe. A thread of the store reads the log and applies its records.
 */
final class SchemaStore implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(500);

    private static final long STOP_MS_MAX = 5_000;

    private final SchemaLog log;
    private final Duration timeout;
    private final Thread reader;
    private final CompletableFuture<Void> failure = new CompletableFuture<>();

    /** Guards the state and {@link #applied}. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition advanced = lock.newCondition();
    private final RegistryState state = new RegistryState();
    /** The offset after the last record that is in the state. */
    private long applied;

    private volatile boolean closed;

    private SchemaStore(SchemaLog log, Duration timeout) {
        this.log = log;
        this.timeout = timeout;
        this.reader = new Thread(this::follow, "schema-log-reader");
    }

    /**
     * Opens a store, and reads the log to its end.
     *
     * @param log closed with the store
     * @param timeout bound on this and every later wait for the log
     * @throws RegistryException 50002 if the end is not reached in time
     */
    static SchemaStore open(SchemaLog log, Duration timeout) {
        SchemaStore store = new SchemaStore(log, timeout);
        store.reader.start();
        try {
            store.catchUp();
            return store;
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private void follow() {
        try {
            while (!closed) {
                List<SchemaLog.Entry> entries = log.poll(POLL);
                if (!entries.isEmpty()) {
                    apply(entries);
                }
            }
        } catch (RuntimeException | Error e) {
            if (!closed) {
                failure.completeExceptionally(e);
            }
        }
    }

    private void apply(List<SchemaLog.Entry> entries) {
        lock.lock();
        try {
            for (SchemaLog.Entry entry : entries) {
                SchemaRecords.apply(entry, state);
                applied = entry.offset() + 1;
            }
            state.settle();
            advanced.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Completes exceptionally if the log can no longer be read. */
    CompletionStage<Void> failure() {
        return failure;
    }

    /** Reads from the current state. */
    <T> T read(Function<RegistryState, T> query) {
        lock.lock();
        try {
            return query.apply(state);
        } finally {
            lock.unlock();
        }
    }

    /** The offset after the last record that is in the state. */
    long appliedOffset() {
        lock.lock();
        try {
            return applied;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The offset after the last record of the log. Asks the brokers.
     *
     * @throws RegistryException if they do not answer
     */
    long endOffset() {
        return log.endOffset();
    }

    /** Waits until all records that the log has now are in the state. */
    void catchUp() {
        awaitApplied(log.endOffset());
    }

    /** Appends a record and waits until it is in the state. */
    void append(byte[] key, byte @Nullable [] value) {
        awaitApplied(log.append(key, value) + 1);
    }

    private void awaitApplied(long endOffset) {
        long nanosLeft = timeout.toNanos();
        lock.lock();
        try {
            while (applied < endOffset) {
                if (failure.isCompletedExceptionally()) {
                    throw RegistryException.storeFailed("the log can no longer be read");
                }
                if (nanosLeft <= 0) {
                    throw RegistryException.storeTimedOut("the log was read to offset %d within %3$d ms: expected %2$d"
                            .formatted(applied, endOffset, timeout.toMillis()));
                }
                // In short waits, since a failing reader does not signal.
                long piece = Math.min(nanosLeft, POLL.toNanos());
                nanosLeft -= piece - Math.max(0, advanced.awaitNanos(piece));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RegistryException.storeFailed("stopping");
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        closed = true;
        log.wakeup();
        try (log) {
            reader.join(STOP_MS_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
