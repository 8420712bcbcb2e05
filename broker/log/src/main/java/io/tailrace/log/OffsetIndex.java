package io.tailrace.log;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Where in a segment an offset is, sparsely: (last offset of a batch less the segment's base offset, position of that
 * batch). Drawn in {@code docs/format.md}. Threads as for {@link IndexFile}.
 */
record OffsetIndex(IndexFile file, long baseOffset) {
    static final int ENTRY_BYTES = 8;
    static final int KEY_BYTES = 4;

    /** An indexed batch: its last offset and where it starts. */
    record Entry(long lastOffset, int position) {}

    void append(long lastOffset, int position) throws IOException {
        file.append(lastOffset - baseOffset, position);
    }

    /** The last indexed batch that does not end after {@code offset}, or null. */
    @Nullable
    Entry floor(long offset) throws IOException {
        IndexFile.Entry entry = file.floor(offset - baseOffset);
        return entry == null ? null : new Entry(baseOffset + entry.key(), entry.value());
    }

    /** The last indexed batch, or null. */
    @Nullable
    Entry last() throws IOException {
        if (file.count() == 0) {
            return null;
        }
        IndexFile.Entry entry = file.entry(file.count() - 1);
        return new Entry(baseOffset + entry.key(), entry.value());
    }
}
