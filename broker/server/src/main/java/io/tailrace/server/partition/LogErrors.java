package io.tailrace.server.partition;

import io.tailrace.log.CorruptLogException;
import io.tailrace.log.LogClosedException;
import io.tailrace.log.LogOperationException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Maps failures of a partition's log to error codes. Thread-safe. */
final class LogErrors {
    private static final Logger LOG = LoggerFactory.getLogger(LogErrors.class);
    private static final long DAMAGE_LOG_MS = 60_000;

    private final TopicPartition partition;
    private final LongSupplier steadyMs;
    private final Consumer<IOException> onDiskFailure;
    private volatile long damageLoggedMs = -DAMAGE_LOG_MS;

    /** @param onDiskFailure called for a failure after which the log cannot be used */
    LogErrors(TopicPartition partition, LongSupplier steadyMs, Consumer<IOException> onDiskFailure) {
        this.partition = partition;
        this.steadyMs = steadyMs;
        this.onDiskFailure = onDiskFailure;
    }

    /** Damaged bytes and failed operations concern the request that met them, a failed disk the whole partition. */
    ErrorCode errorOf(IOException failure) {
        if (failure instanceof LogClosedException) {
            return ErrorCode.NOT_LEADER_OR_FOLLOWER;
        }
        if (failure instanceof CorruptLogException) {
            logDamage(failure);
            return ErrorCode.CORRUPT_MESSAGE;
        }
        if (failure instanceof LogOperationException) {
            LOG.warn("Operation on the log of {} failed: {}", partition, failure.getMessage());
            return ErrorCode.KAFKA_STORAGE_ERROR;
        }
        onDiskFailure.accept(failure);
        return ErrorCode.KAFKA_STORAGE_ERROR;
    }

    /** At most once a minute: a client that cannot read asks again at once. */
    private void logDamage(IOException failure) {
        long nowMs = steadyMs.getAsLong();
        if (nowMs - damageLoggedMs >= DAMAGE_LOG_MS) {
            damageLoggedMs = nowMs;
            LOG.error("Read of {} failed, its log is damaged: {}", partition, failure.getMessage());
        }
    }
}
