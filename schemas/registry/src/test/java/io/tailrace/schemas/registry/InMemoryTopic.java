package io.tailrace.schemas.registry;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A topic of one partition in memory, which any number of {@link SchemaLog}s share. Thread-safe. */
final class InMemoryTopic {
    private final List<SchemaLog.Entry> entries = new ArrayList<>();
    private long endOffset;
    private int endOffsetRequests;
    private @Nullable Runnable beforeAppend;
    private @Nullable RegistryException failure;
    private @Nullable RuntimeException readFailure;
    private @Nullable RegistryException endOffsetFailure;

    /** A log that reads this topic from its beginning. */
    SchemaLog log() {
        return new Log();
    }

    /** Makes every append fail; null ends that. */
    synchronized void failWith(@Nullable RegistryException exception) {
        failure = exception;
    }

    /** Makes every read fail from now on. */
    synchronized void failReadsWith(RuntimeException exception) {
        readFailure = exception;
    }

    /** Makes every question for the end of the log fail; null ends that. */
    synchronized void failEndOffsetWith(@Nullable RegistryException exception) {
        endOffsetFailure = exception;
    }

    synchronized List<SchemaLog.Entry> entries() {
        return List.copyOf(entries);
    }

    /** Removes all but the newest record of each key before an offset, as a broker does. */
    synchronized void compact(long beforeOffset) {
        Map<ByteBuffer, Long> newest = new HashMap<>();
        entries.stream()
                .filter(entry -> entry.offset() < beforeOffset)
                .forEach(entry -> newest.put(ByteBuffer.wrap(entry.key()), entry.offset()));
        entries.removeIf(entry -> entry.offset() < beforeOffset
                && !Objects.equals(newest.get(ByteBuffer.wrap(entry.key())), entry.offset()));
    }

    /** Runs an action once, before the next append of a log. */
    synchronized void beforeNextAppend(Runnable action) {
        beforeAppend = action;
    }

    private synchronized @Nullable Runnable takeBeforeAppend() {
        Runnable action = beforeAppend;
        beforeAppend = null;
        return action;
    }

    synchronized long append(byte[] key, byte @Nullable [] value) {
        if (failure != null) {
            throw failure;
        }
        entries.add(new SchemaLog.Entry(endOffset, key, value));
        notifyAll();
        return endOffset++;
    }

    private synchronized List<SchemaLog.Entry> poll(long from, Duration timeout, AtomicBoolean woken) {
        if (readFailure != null) {
            throw readFailure;
        }
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        while (endOffset <= from && !woken.get()) {
            long waitNanos = deadlineNanos - System.nanoTime();
            if (waitNanos <= 0) {
                break;
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, waitNanos);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        woken.set(false);
        return entries.stream().filter(entry -> entry.offset() >= from).toList();
    }

    private synchronized void wake(AtomicBoolean woken) {
        woken.set(true);
        notifyAll();
    }

    /** How often the end of the log was asked for. */
    synchronized int endOffsetRequests() {
        return endOffsetRequests;
    }

    private synchronized long endOffset() {
        endOffsetRequests++;
        if (endOffsetFailure != null) {
            throw endOffsetFailure;
        }
        return endOffset;
    }

    private final class Log implements SchemaLog {
        private final AtomicBoolean woken = new AtomicBoolean();
        private long position;

        @Override
        public long append(byte[] key, byte @Nullable [] value) {
            Runnable action = takeBeforeAppend();
            if (action != null) {
                action.run();
            }
            return InMemoryTopic.this.append(key, value);
        }

        @Override
        public List<Entry> poll(Duration timeout) {
            List<Entry> polled = InMemoryTopic.this.poll(position, timeout, woken);
            if (!polled.isEmpty()) {
                position = polled.get(polled.size() - 1).offset() + 1;
            }
            return polled;
        }

        @Override
        public void wakeup() {
            wake(woken);
        }

        @Override
        public long endOffset() {
            return InMemoryTopic.this.endOffset();
        }

        @Override
        public long endOffsetSoon() {
            return endOffset();
        }

        @Override
        public String clusterId() {
            return "in-memory";
        }

        @Override
        public void close() {}
    }
}
