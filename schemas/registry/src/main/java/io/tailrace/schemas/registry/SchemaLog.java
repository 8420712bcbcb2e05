package io.tailrace.schemas.registry;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ordered log that all instances of a registry share.
 *
 * <p>Any thread may call {@link #append}, {@link #endOffset} and {@link #wakeup}. One thread calls {@link #poll}, and must
 * have ended before {@link #close}.
 */
interface SchemaLog extends AutoCloseable {

    /**
     * A record of the log.
     *
     * @param value null if the record removes its key
     */
    record Entry(long offset, byte @Nullable [] key, byte @Nullable [] value) {}

    /**
     * Appends a record, and waits until it is acknowledged.
     *
     * @return its offset
     * @throws RegistryException 50001 or 50002 if it is unknown whether the record was appended
     */
    long append(byte[] key, byte @Nullable [] value);

    /** The next records, starting with the first of the log. Empty if there is none within the timeout. */
    List<Entry> poll(Duration timeout);

    /** Ends a waiting {@link #poll} at once. */
    void wakeup();

    /**
     * The offset after the last record.
     *
     * @throws RegistryException 50001 if the brokers do not answer
     */
    long endOffset();

    /** As {@link #endOffset}, but brokers that do not answer are an error after a few seconds, for reads that can do without. */
    long endOffsetSoon();

    /** The id of the cluster that keeps the log. */
    String clusterId();

    @Override
    void close();
}
