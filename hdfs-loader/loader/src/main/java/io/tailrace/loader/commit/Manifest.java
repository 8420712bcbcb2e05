package io.tailrace.loader.commit;

import io.tailrace.loader.plan.OffsetRange;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.StagedFile;
import io.tailrace.loader.table.TableKind;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A commit of one topic: the files it adds and removes, and the offsets it reaches. It has all that is needed to publish the
 * commit after a crash. {@link ManifestFormat} is its form on disk.
 *
 * @param sequence the commit's number within its topic, from 1
 * @param topic the topic that was loaded
 * @param runId the name of the run's staging folder
 * @param schema the Avro schema of the events, or null if the topic has none
 * @param partitions what is loaded of each partition, by partition number; all partitions that were ever loaded
 * @param skipped offsets that retention deleted before they were loaded
 * @param valueBytes total size of all values read, from which the next run estimates the size of a record
 * @param added the files that the commit adds
 * @param removed the files that the commit removes
 */
public record Manifest(
        long sequence,
        LoadedTopic topic,
        String runId,
        @Nullable Schema schema,
        SortedMap<Integer, PartitionProgress> partitions,
        List<OffsetRange> skipped,
        long valueBytes,
        List<StagedFile> added,
        List<DataFile> removed) {

    /** Returns the end of the loaded offsets of each partition, exclusive. */
    public SortedMap<Integer, Long> endOffsets() {
        SortedMap<Integer, Long> ends = new TreeMap<>();
        partitions.forEach((partition, progress) -> ends.put(partition, progress.endOffset()));
        return ends;
    }

    /** Returns the partitions of a commit that follows this one and loads nothing. */
    public SortedMap<Integer, PartitionProgress> unchangedPartitions() {
        SortedMap<Integer, PartitionProgress> unchanged = new TreeMap<>();
        partitions.forEach((partition, progress) -> {
            long end = progress.endOffset();
            unchanged.put(partition, new PartitionProgress(end, end, progress.leaderEpoch()));
        });
        return unchanged;
    }

    /** Returns the mean size of the values that this commit's run read, or empty if it read none. */
    public OptionalLong recordBytes() {
        long records = rows(TableKind.ROWS) + rows(TableKind.ERRORS);
        return valueBytes == 0 || records == 0
                ? OptionalLong.empty()
                : OptionalLong.of(Math.max(1, valueBytes / records));
    }

    /** Returns the number of rows this commit adds to a table. */
    public long rows(TableKind table) {
        return added.stream()
                .map(StagedFile::file)
                .filter(file -> file.table() == table)
                .mapToLong(DataFile::rows)
                .sum();
    }
}
