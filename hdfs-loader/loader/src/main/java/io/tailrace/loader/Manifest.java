package io.tailrace.loader;

import java.util.List;
import java.util.SortedMap;

/**
 * A commit: what a run adds and how far it has come. It holds all that is needed to finish the commit after a crash.
 *
 * @param format the version of this format, {@link #FORMAT}
 * @param sequence the commit's number within its topic, from 1; also the name of its file
 * @param topic the topic
 * @param runId the run's staging folder
 * @param committedAtMs when the run committed
 * @param schema the Avro schema of the rows, as JSON, or an empty text where the topic has none
 * @param endOffsets end of what has been loaded of each partition, exclusive, by partition number
 * @param skipped records that retention deleted before they were loaded
 * @param valueBytes bytes of all values that were read, from which the next run estimates sizes
 * @param files what the run publishes
 */
record Manifest(
        int format,
        long sequence,
        String topic,
        String runId,
        long committedAtMs,
        String schema,
        SortedMap<Integer, Long> endOffsets,
        List<Skipped> skipped,
        long valueBytes,
        List<File> files) {

    static final int FORMAT = 1;

    /**
     * A published file.
     *
     * @param table the table it belongs to
     * @param pathPartition its folder below the table's, as {@code dt=2015-05-17/hr=09}
     * @param name its name there
     * @param staged where the run wrote it, below the run's staging folder
     * @param rows its number of rows
     * @param bytes its size
     */
    record File(Layout.Table table, String pathPartition, String name, String staged, long rows, long bytes) {}

    /**
     * Records that were not there to be loaded.
     *
     * @param partition the partition's number
     * @param from first offset, inclusive
     * @param to end, exclusive
     */
    record Skipped(int partition, long from, long to) {}

    /** Rows in files of a table. */
    long rows(Layout.Table table) {
        return files.stream()
                .filter(file -> file.table() == table)
                .mapToLong(File::rows)
                .sum();
    }
}
