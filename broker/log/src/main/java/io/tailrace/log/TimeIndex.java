package io.tailrace.log;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Up to which offset nothing is newer than a timestamp, sparsely: (greatest timestamp so far, last offset of the batch
 * that has it less the segment's base offset). Drawn in {@code docs/format.md}. Threads as for {@link IndexFile}.
 */
record TimeIndex(IndexFile file, long baseOffset) {
    static final int ENTRY_BYTES = 12;
    static final int KEY_BYTES = 8;

    /** The greatest timestamp so far, and the last offset of the batch that has it. */
    record Entry(long timestampMs, long lastOffset) {}

    /** Adds an entry, unless no newer timestamp has come since the last one. */
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
        int count = file.count();
        return count == 0 ? null : entry(file.entry(count - 1));
    }

    private @Nullable Entry entry(IndexFile.@Nullable Entry entry) {
        return entry == null ? null : new Entry(entry.key(), baseOffset + entry.value());
    }
}
