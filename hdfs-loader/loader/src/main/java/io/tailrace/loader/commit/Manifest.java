package io.tailrace.loader.commit;

import io.tailrace.loader.plan.OffsetRange;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.TableKind;
import java.util.List;
import java.util.SortedMap;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A commit of one topic: the files it adds and the offsets it reaches. It has all that is needed to finish the commit
 * after a crash. {@link ManifestFormat} is its form on disk.
 *
 * @param sequence the commit's number within its topic, from 1
 * @param topic the topic
 * @param runId the name of the run's staging folder
 * @param schema the Avro schema of the events, or null if the topic has none
 * @param endOffsets end of the loaded offsets of each partition, exclusive, by partition number
 * @param skipped offsets that retention deleted before they were loaded
 * @param valueBytes total size of all values read, from which the next run estimates the size of a record
 * @param files the files the run adds
 */
public record Manifest(
        long sequence,
        String topic,
        String runId,
        @Nullable Schema schema,
        SortedMap<Integer, Long> endOffsets,
        List<OffsetRange> skipped,
        long valueBytes,
        List<DataFile> files) {

    /**
     * A Parquet file.
     *
     * @param table the table it belongs to
     * @param pathPartition its path partition
     * @param name its name in the folder of the path partition
     * @param staged its name in the run's staging folder
     * @param rows number of rows
     * @param bytes size in bytes
     */
    public record DataFile(
            TableKind table, PathPartition pathPartition, String name, String staged, long rows, long bytes) {}

    /** Returns the number of rows this commit adds to a table. */
    public long rows(TableKind table) {
        return files.stream()
                .filter(file -> file.table() == table)
                .mapToLong(DataFile::rows)
                .sum();
    }
}
