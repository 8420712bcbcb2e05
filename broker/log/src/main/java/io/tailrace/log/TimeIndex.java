package io.tailrace.log;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Offsets by timestamp, for some batches of a segment. An entry holds the greatest timestamp so far, and the last offset of the
 * batch with that timestamp, relative to the segment's base offset ({@code docs/format.md}). Up to that offset no record is
 * newer. Thread safety is that of {@link IndexFile}.
 */
record TimeIndex(IndexFile file, long baseOffset) {
    static final int ENTRY_BYTES = 12;
    static final int KEY_BYTES = 8;

    /** The greatest timestamp so far, and the last offset of the batch that has it. */
    record Entry(long timestampMs, long lastOffset) {}

    /** Adds an entry, unless the timestamp is not greater than the last. */
    void append(long timestampMs, long lastOffset) throws IOException {
        Entry last = last();
        if (timestampMs >= 0 && (last == null || timestampMs > last.timestampMs)) {
            file.append(timestampMs, (int) (lastOffset - baseOffset));
        }
    }

    /** The last entry whose timestamp is at most {@code timestampMs}, or null. */
    @Nullable
    Entry floor(long timestampMs) throws IOException {
        return entry(file.floor(timestampMs));
    }

    /** The last entry, or null. */
    @Nullable
    Entry last() throws IOException {
        return entry(file.last());
    }

    private @Nullable Entry entry(IndexFile.@Nullable Entry entry) {
        return entry == null ? null : new Entry(entry.key(), baseOffset + entry.value());
    }
}
