package io.tailrace.log;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Positions of some batches in a segment, by offset. An entry holds a batch's last offset, relative to the segment's base offset,
 * and its position ({@code docs/format.md}). Thread safety is that of {@link IndexFile}.
 */
record OffsetIndex(IndexFile file, long baseOffset) {
    static final int ENTRY_BYTES = 8;
    static final int KEY_BYTES = 4;

    /** An indexed batch: its last offset, and where it starts. */
    record Entry(long lastOffset, int position) {}

    void append(long lastOffset, int position) throws IOException {
        file.append(lastOffset - baseOffset, position);
    }

    /** The last indexed batch that does not end after {@code offset}, or null. */
    @Nullable
    Entry floor(long offset) throws IOException {
        return entry(file.floor(offset - baseOffset));
    }

    /** The first indexed batch that starts at or after a position, or null. */
    @Nullable
    Entry ceilingOfPosition(long position) throws IOException {
        return entry(file.ceilingOfValue(position));
    }

    /** The last indexed batch, or null. */
    @Nullable
    Entry last() throws IOException {
        return entry(file.last());
    }

    private @Nullable Entry entry(IndexFile.@Nullable Entry entry) {
        return entry == null ? null : new Entry(baseOffset + entry.key(), entry.value());
    }
}
