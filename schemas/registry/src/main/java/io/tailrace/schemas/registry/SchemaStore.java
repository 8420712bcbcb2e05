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
 * The state that one instance has read from the log, and its way to add to it.
 *
 * <p>Thread-safe. One thread of its own reads the log to its end and on.
 */
final class SchemaStore implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(500);

    private static final long STOP_MS_MAX = 5_000;

    private final SchemaLog log;
    private final Duration timeout;
    private final Thread reader;
    private final CompletableFuture<Void> failure = new CompletableFuture<>();

    /** Guards the state and how far the log has been read into it. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition advanced = lock.newCondition();
    private final RegistryState state = new RegistryState();
    /** Exclusive: the offset after the last record that is in the state. */
    private long applied;

    private volatile boolean closed;

    private SchemaStore(SchemaLog log, Duration timeout) {
        this.log = log;
        this.timeout = timeout;
        this.reader = new Thread(this::follow, "schema-log-reader");
    }

    /**
     * Reads the log to its end.
     *
     * @param log closed with the store
     * @param timeout bound on that, and on every later wait for the log
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

    /** Completes exceptionally when the log cannot be followed any longer. */
    CompletionStage<Void> failure() {
        return failure;
    }

    /** Asks the state as it is now. */
    <T> T read(Function<RegistryState, T> question) {
        lock.lock();
        try {
            return question.apply(state);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until everything is in the state that was in the log at the time of the call. */
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
                    throw RegistryException.storeFailed("the log is not followed any longer");
                }
                if (nanosLeft <= 0) {
                    throw RegistryException.storeTimedOut("the log was read to offset %d, not to %d, within %d ms"
                            .formatted(applied, endOffset, timeout.toMillis()));
                }
                // In pieces: the reader may fail without a signal.
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
