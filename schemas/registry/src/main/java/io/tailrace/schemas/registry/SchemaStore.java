package io.tailrace.schemas.registry;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One instance's copy of the state, and its way to write to the log.
 *
 * <p>Thread-safe. A thread of the store reads the log and applies its records.
 */
final class SchemaStore implements AutoCloseable {
    private static final Logger logger = LoggerFactory.getLogger(SchemaStore.class);
    private static final Duration POLL = Duration.ofMillis(500);

    private static final long STOP_MS_MAX = 5_000;

    /** How long a read waits to catch up if it can do without. */
    private static final Duration SOON = Duration.ofSeconds(3);

    /** How long reads rely on what is known after the brokers did not answer. */
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

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

    /** Held during a write, from its decision until its records are read back. Readers do not take it. */
    private final ReentrantLock writing = new ReentrantLock();

    private volatile boolean closed;
    /** While the brokers do not answer, reads do not ask them for the end of the log before this time. */
    private volatile long askAgainNanos = System.nanoTime();

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

    /**
     * Reads what never changes once it is there. Before a miss is the result, all records of the log are read.
     *
     * @throws RegistryException if the query throws it, or 50001 or 50002 instead of a miss if the log cannot be read
     */
    <T> T readKnown(Function<RegistryState, T> query) {
        try {
            return read(query);
        } catch (RegistryException e) {
            if (!e.isMiss()) {
                throw e;
            }
        }
        catchUp();
        return read(query);
    }

    /**
     * Reads what other instances may just have changed. All records that the log has now are read before, unless the brokers
     * do not answer: then the result is what is known, and a miss is an error.
     *
     * @throws RegistryException as in {@link #readKnown}
     */
    <T> T readLatest(Function<RegistryState, T> query) {
        return triesToCatchUp() ? read(query) : readKnown(query);
    }

    private boolean triesToCatchUp() {
        if (askAgainNanos - System.nanoTime() > 0) {
            return false;
        }
        try {
            awaitApplied(log.endOffsetSoon(), timeout.compareTo(SOON) < 0 ? timeout : SOON);
            return true;
        } catch (RegistryException e) {
            askAgainNanos = System.nanoTime() + SILENCE_NANOS;
            logger.warn("reading from what is known of the log: {}", e.getMessage());
            return false;
        }
    }

    /**
     * Runs a write when no other is running in this instance.
     *
     * @param write reads all records of the log first, and appends records
     */
    <T> T exclusively(Supplier<T> write) {
        writing.lock();
        try {
            return write.get();
        } finally {
            writing.unlock();
        }
    }

    /** The id of the cluster that keeps the log. */
    String clusterId() {
        return log.clusterId();
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
        awaitApplied(log.endOffset(), timeout);
    }

    /** Appends a record and waits until it is in the state. */
    void append(byte[] key, byte @Nullable [] value) {
        awaitApplied(log.append(key, value) + 1, timeout);
    }

    private void awaitApplied(long endOffset, Duration bound) {
        long nanosLeft = bound.toNanos();
        lock.lock();
        try {
            while (applied < endOffset) {
                if (failure.isCompletedExceptionally()) {
                    throw RegistryException.storeFailed("the log can no longer be read");
                }
                if (nanosLeft <= 0) {
                    throw RegistryException.storeTimedOut("the log was read to offset %d within %3$d ms: expected %2$d"
                            .formatted(applied, endOffset, bound.toMillis()));
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
