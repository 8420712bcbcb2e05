package io.tailrace.loader.commit;

import com.fasterxml.jackson.databind.JsonNode;
import io.tailrace.loader.commit.ManifestFormat.SkippedRange;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.StagedFile;
import io.tailrace.loader.table.TableKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Formats 1 and 2 of manifests, which loaders wrote before format 3. They have no start offsets: a commit counts as starting
 * where it ends. They have no spans: a file's name has the only one.
 */
final class FormerManifestFormats {
    private static final Pattern SPAN = Pattern.compile(".*-(\\d+)-(\\d+)-(\\d+)\\.parquet");

    private FormerManifestFormats() {}

    /** Format 1. Tables are in upper case; no schema is an empty string. */
    record Format1(
            int format,
            long sequence,
            String topic,
            String runId,
            long committedAtMs,
            String schema,
            Map<Integer, Long> endOffsets,
            List<SkippedRange> skipped,
            long valueBytes,
            List<AddedFile> files) {}

    /** Format 2. No schema is null. */
    record Format2(
            int format,
            long sequence,
            String topic,
            String run,
            JsonNode schema,
            long valueBytes,
            List<PartitionEnd> partitions,
            List<SkippedRange> skipped,
            List<AddedFile> added) {}

    record PartitionEnd(int partition, long endOffset) {}

    record AddedFile(String table, String pathPartition, String name, String staged, long rows, long bytes) {}

    static Manifest decode(Format1 json) {
        List<PartitionEnd> ends = json.endOffsets().entrySet().stream()
                .map(end -> new PartitionEnd(end.getKey(), end.getValue()))
                .toList();
        return new Manifest(
                ManifestFormat.atLeast(1, json.sequence(), "sequence"),
                new LoadedTopic(json.topic(), Optional.empty(), 0),
                ManifestFormat.fileName(json.runId(), "runId"),
                json.schema().isEmpty() ? null : ManifestFormat.schema(json.schema()),
                partitions(ends, "endOffsets"),
                ManifestFormat.skipped(json.skipped(), json.topic()),
                ManifestFormat.atLeast(0, json.valueBytes(), "valueBytes"),
                files(json.files(), "files", Map.of("ROWS", TableKind.ROWS, "ERRORS", TableKind.ERRORS)),
                List.of());
    }

    static Manifest decode(Format2 json) {
        return new Manifest(
                ManifestFormat.atLeast(1, json.sequence(), "sequence"),
                new LoadedTopic(json.topic(), Optional.empty(), 0),
                ManifestFormat.fileName(json.run(), "run"),
                json.schema().isNull()
                        ? null
                        : ManifestFormat.schema(json.schema().toString()),
                partitions(json.partitions(), "partitions"),
                ManifestFormat.skipped(json.skipped(), json.topic()),
                ManifestFormat.atLeast(0, json.valueBytes(), "valueBytes"),
                files(json.added(), "added", Map.of("rows", TableKind.ROWS, "errors", TableKind.ERRORS)),
                List.of());
    }

    private static SortedMap<Integer, PartitionProgress> partitions(List<PartitionEnd> ends, String field) {
        SortedMap<Integer, PartitionProgress> partitions = new TreeMap<>();
        for (PartitionEnd json : ends) {
            ManifestFormat.atLeast(0, json.partition(), field);
            long end = ManifestFormat.atLeast(0, json.endOffset(), field);
            if (partitions.put(json.partition(), new PartitionProgress(end, end, PartitionProgress.UNKNOWN_EPOCH))
                    != null) {
                throw new IllegalArgumentException(
                        field + ": expected each partition once, found " + json.partition() + " twice");
            }
        }
        return partitions;
    }

    private static List<StagedFile> files(List<AddedFile> files, String field, Map<String, TableKind> tables) {
        return files.stream().map(file -> file(file, field, tables)).toList();
    }

    private static StagedFile file(AddedFile file, String field, Map<String, TableKind> tables) {
        TableKind table = tables.get(file.table());
        if (table == null) {
            throw new IllegalArgumentException(
                    field + ": expected one of the tables " + tables.keySet() + ", found \"" + file.table() + '"');
        }
        DataFile published = new DataFile(
                table,
                PathPartition.parse(file.pathPartition()),
                DataFile.FIRST_GENERATION,
                ManifestFormat.fileName(file.name(), field),
                ManifestFormat.atLeast(1, file.rows(), field),
                ManifestFormat.atLeast(1, file.bytes(), field),
                List.of(span(file.name(), field)));
        return new StagedFile(published, ManifestFormat.fileName(file.staged(), field));
    }

    private static DataFile.Span span(String name, String field) {
        Matcher span = SPAN.matcher(name);
        if (!span.matches()) {
            throw new IllegalArgumentException(
                    field + ": expected a name TOPIC-PARTITION-FIRST-LAST.parquet, found \"" + name + '"');
        }
        return new DataFile.Span(
                Integer.parseInt(span.group(1)), Long.parseLong(span.group(2)), Long.parseLong(span.group(3)));
    }
}
