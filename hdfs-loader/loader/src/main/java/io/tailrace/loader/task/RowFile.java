package io.tailrace.loader.task;

import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.StagedFile;
import io.tailrace.loader.table.TableKind;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One file that a task writes: its rows so far, in a buffer or in the open Parquet file. Used by one thread. */
final class RowFile {
    private final Key key;
    private final RowBuffer buffer;
    private final RowSums sums;
    private long first;
    private long last;
    private long rows;
    private ParquetFiles.@Nullable OpenFile open;
    private String staged = "";
    private long bytes;

    /**
     * What rows of a task share a file.
     *
     * @param hour hours since the epoch
     */
    record Key(TableKind table, long hour) implements Comparable<Key> {
        private static final long HOUR_MS = 3_600_000;

        static Key of(TableKind table, long eventTimeMs) {
            return new Key(table, Math.floorDiv(eventTimeMs, HOUR_MS));
        }

        boolean has(TableKind otherTable, long eventTimeMs) {
            return table == otherTable && Math.floorDiv(eventTimeMs, HOUR_MS) == hour;
        }

        PathPartition pathPartition() {
            return PathPartition.of(hour * HOUR_MS);
        }

        @Override
        public int compareTo(Key other) {
            return table == other.table ? Long.compare(hour, other.hour) : table.compareTo(other.table);
        }
    }

    /** @param offset the offset of one of the rows */
    RowFile(Key key, long offset, RowBuffer buffer, RowSums sums) {
        this.key = key;
        this.first = offset;
        this.last = offset;
        this.buffer = buffer;
        this.sums = sums;
    }

    Key key() {
        return key;
    }

    RowBuffer buffer() {
        return buffer;
    }

    /** The sums of the rows so far, buffered ones included. */
    RowSums sums() {
        return sums;
    }

    boolean isOpen() {
        return open != null;
    }

    /** Opens the file. Rows that are buffered are to be written next. */
    void open(ParquetFiles.OpenFile opened) {
        open = opened;
        staged = opened.staged();
    }

    /** Counts a row that is to be buffered or written next. */
    void count(Row row) {
        first = Math.min(first, row.offset());
        last = Math.max(last, row.offset());
        rows++;
    }

    void write(Row row) throws IOException {
        if (open == null) {
            throw new IllegalStateException("file " + key + " is not open");
        }
        open.writer().write(row);
    }

    /** Completes the file, and frees what it takes to write it. */
    void close() throws IOException {
        if (open != null) {
            ParquetFiles.OpenFile closing = open;
            open = null;
            closing.writer().close();
            bytes = closing.file().bytes();
        }
    }

    /** The file, once it is closed. */
    StagedFile stagedFile(String name, int partition) {
        DataFile published = new DataFile(
                key.table(),
                key.pathPartition(),
                DataFile.FIRST_GENERATION,
                name,
                rows,
                bytes,
                List.of(new DataFile.Span(partition, first, last)));
        return new StagedFile(published, staged);
    }

    long first() {
        return first;
    }

    long last() {
        return last;
    }
}
