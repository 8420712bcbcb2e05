package io.tailrace.loader.table;

import java.util.List;

/**
 * A Parquet file of a table. {@link Layout#file} is its path.
 *
 * @param table the table it belongs to
 * @param pathPartition its path partition
 * @param generation the generation of the path partition's files that it belongs to, from 0
 * @param name its name in the folder of its generation
 * @param rows number of rows
 * @param bytes size in bytes
 * @param spans the offsets it has rows of, at most one span of a partition in a file that a task wrote
 */
public record DataFile(
        TableKind table,
        PathPartition pathPartition,
        long generation,
        String name,
        long rows,
        long bytes,
        List<Span> spans) {

    /** The generation of the files that loads write before anything replaces them. */
    public static final long FIRST_GENERATION = 0;

    /**
     * A span of offsets in which a file has rows. Offsets within it can be missing, and other files can have rows of them.
     *
     * @param partition the topic's partition
     * @param first first offset, inclusive
     * @param last last offset, inclusive
     */
    public record Span(int partition, long first, long last) {
        public Span {
            if (partition < 0 || first < 0 || last < first) {
                throw new IllegalArgumentException(
                        "span: expected a partition and offsets with 0 <= first <= last, found " + partition + ", "
                                + first + " to " + last);
            }
        }
    }

    public DataFile {
        spans = List.copyOf(spans);
    }

    /** Returns the same file as part of another generation. */
    public DataFile inGeneration(long other) {
        return new DataFile(table, pathPartition, other, name, rows, bytes, spans);
    }

    /** Returns the same file with another name. */
    public DataFile named(String other) {
        return new DataFile(table, pathPartition, generation, other, rows, bytes, spans);
    }
}
