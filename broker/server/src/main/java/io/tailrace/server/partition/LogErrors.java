package io.tailrace.server.partition;

import io.tailrace.log.CorruptLogException;
import io.tailrace.log.LogClosedException;
import io.tailrace.log.LogOperationException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Maps failures of a partition's log to error codes. Thread-safe. */
final class LogErrors {
    private static final Logger LOG = LoggerFactory.getLogger(LogErrors.class);
    private static final long WARN_INTERVAL_MS = 60_000;

    private final TopicPartition partition;
    private final LongSupplier steadyMs;
    private final Consumer<IOException> onDiskFailure;
    /** When a failed operation may be logged again. */
    private final AtomicLong warnFromMs = new AtomicLong(Long.MIN_VALUE);

    /** @param onDiskFailure called for a failure after which the log cannot be used */
    LogErrors(TopicPartition partition, LongSupplier steadyMs, Consumer<IOException> onDiskFailure) {
        this.partition = partition;
        this.steadyMs = steadyMs;
        this.onDiskFailure = onDiskFailure;
    }

    /**
     * Damaged bytes and failed operations concern the request that met them, a failed disk the whole partition. The log
     * itself logs its damage.
     */
    ErrorCode errorOf(IOException failure) {
        if (failure instanceof LogClosedException) {
            return ErrorCode.NOT_LEADER_OR_FOLLOWER;
        }
        if (failure instanceof CorruptLogException) {
            return ErrorCode.CORRUPT_MESSAGE;
        }
        if (failure instanceof LogOperationException) {
            warn(failure);
            return ErrorCode.KAFKA_STORAGE_ERROR;
        }
        onDiskFailure.accept(failure);
        return ErrorCode.KAFKA_STORAGE_ERROR;
    }

    /** At most once a minute: a client whose request fails sends it again at once. */
    private void warn(IOException failure) {
        long nowMs = steadyMs.getAsLong();
        long fromMs = warnFromMs.get();
        if (nowMs >= fromMs && warnFromMs.compareAndSet(fromMs, nowMs + WARN_INTERVAL_MS)) {
            LOG.warn("Operation on a log failed: {}: {}", partition, failure.getMessage());
        }
    }
}
