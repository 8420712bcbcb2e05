package io.tailrace.schemas.registry;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ordered log that all instances of a registry share.
 *
 * <p>Any thread may call {@link #append}, {@link #endOffset} and {@link #wakeup}; one calls {@link #poll}, and none does
 * so any longer at {@link #close}.
 */
interface SchemaLog extends AutoCloseable {

    /**
     * A record of the log.
     *
     * @param offset its place
     * @param value what it says, or null where it takes back what its key said before
     */
    record Entry(long offset, byte @Nullable [] key, byte @Nullable [] value) {}

    /**
     * Appends a record, and waits until it is acknowledged.
     *
     * @return its offset
     * @throws RegistryException 50001 or 50002 if it may not have been appended
     */
    long append(byte[] key, byte @Nullable [] value);

    /** The records after those that the last call returned, from the first one on; empty when the time is up. */
    List<Entry> poll(Duration timeout);

    /** Makes a {@link #poll} that waits return at once. */
    void wakeup();

    /**
     * The offset after the last record.
     *
     * @throws RegistryException 50001 if it cannot be known
     */
    long endOffset();

    @Override
    void close();
}
