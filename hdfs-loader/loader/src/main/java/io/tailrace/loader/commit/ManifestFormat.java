package io.tailrace.loader.commit;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tailrace.loader.plan.OffsetRange;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.TableKind;
import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/**
 * The JSON form of a {@link Manifest}, drawn in {@code docs/format.md}. Writes format 2, reads formats 1 and 2.
 *
 * <p>Reading is strict: a missing, unknown, duplicate or mistyped field is an error, because a manifest that is
 * misread loses or repeats records. A new field therefore needs a new format.
 */
final class ManifestFormat {
    private static final int VERSION = 2;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .defaultSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL))
            .build();

    private ManifestFormat() {}

    /** Format 1, which loaders wrote before format 2. Tables are in upper case; no schema is an empty string. */
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

    record SkippedRange(int partition, long from, long to) {}

    record AddedFile(String table, String pathPartition, String name, String staged, long rows, long bytes) {}

    /** Writes a manifest in the newest format. */
    static byte[] encode(Manifest manifest) {
        try {
            Schema schema = manifest.schema();
            return JSON.writeValueAsBytes(new Format2(
                    VERSION,
                    manifest.sequence(),
                    manifest.topic(),
                    manifest.runId(),
                    schema == null ? JSON.nullNode() : JSON.readTree(schema.toString()),
                    manifest.valueBytes(),
                    manifest.endOffsets().entrySet().stream()
                            .map(end -> new PartitionEnd(end.getKey(), end.getValue()))
                            .toList(),
                    manifest.skipped().stream()
                            .map(range ->
                                    new SkippedRange(range.topicPartition().partition(), range.from(), range.to()))
                            .toList(),
                    manifest.files().stream().map(ManifestFormat::encode).toList()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write the manifest of run " + manifest.runId(), e);
        }
    }

    private static AddedFile encode(Manifest.DataFile file) {
        String table =
                switch (file.table()) {
                    case ROWS -> "rows";
                    case ERRORS -> "errors";
                };
        return new AddedFile(table, file.pathPartition().path(), file.name(), file.staged(), file.rows(), file.bytes());
    }

    /**
     * Reads a manifest.
     *
     * @throws IllegalArgumentException if the bytes are not a manifest in a known format; the message names the field,
     *     what was expected and what was found
     */
    static Manifest decode(byte[] bytes) {
        JsonNode json = parse(bytes);
        try {
            JsonNode format = json.path("format");
            return switch (format.isInt() ? format.intValue() : 0) {
                case 1 -> decode(JSON.treeToValue(json, Format1.class));
                case VERSION -> decode(JSON.treeToValue(json, Format2.class));
                default ->
                    throw new IllegalArgumentException("format: expected 1 or " + VERSION + ", found "
                            + (format.isMissingNode() ? "none" : format));
            };
        } catch (JsonMappingException e) {
            throw new IllegalArgumentException(path(e) + e.getOriginalMessage(), e);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e.getOriginalMessage(), e);
        }
    }

    private static JsonNode parse(byte[] bytes) {
        try {
            return JSON.readTree(bytes);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("expected one JSON object: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory failed", e);
        }
    }

    private static Manifest decode(Format1 json) {
        List<PartitionEnd> ends = json.endOffsets().entrySet().stream()
                .map(end -> new PartitionEnd(end.getKey(), end.getValue()))
                .toList();
        return new Manifest(
                atLeast(1, json.sequence(), "sequence"),
                json.topic(),
                fileName(json.runId(), "runId"),
                json.schema().isEmpty() ? null : schema(json.schema()),
                endOffsets(ends, "endOffsets"),
                skipped(json.skipped(), json.topic()),
                atLeast(0, json.valueBytes(), "valueBytes"),
                files(json.files(), "files", Map.of("ROWS", TableKind.ROWS, "ERRORS", TableKind.ERRORS)));
    }

    private static Manifest decode(Format2 json) {
        return new Manifest(
                atLeast(1, json.sequence(), "sequence"),
                json.topic(),
                fileName(json.run(), "run"),
                json.schema().isNull() ? null : schema(json.schema().toString()),
                endOffsets(json.partitions(), "partitions"),
                skipped(json.skipped(), json.topic()),
                atLeast(0, json.valueBytes(), "valueBytes"),
                files(json.added(), "added", Map.of("rows", TableKind.ROWS, "errors", TableKind.ERRORS)));
    }

    private static Schema schema(String json) {
        try {
            return new Schema.Parser().parse(json);
        } catch (AvroRuntimeException e) {
            throw new IllegalArgumentException("schema: expected an Avro schema: " + e.getMessage(), e);
        }
    }

    private static SortedMap<Integer, Long> endOffsets(List<PartitionEnd> ends, String field) {
        SortedMap<Integer, Long> offsets = new TreeMap<>();
        for (PartitionEnd end : ends) {
            atLeast(0, end.partition(), field);
            if (offsets.put(end.partition(), atLeast(0, end.endOffset(), field)) != null) {
                throw new IllegalArgumentException(
                        field + ": expected each partition once, found " + end.partition() + " twice");
            }
        }
        return offsets;
    }

    private static List<OffsetRange> skipped(List<SkippedRange> ranges, String topic) {
        return ranges.stream()
                .map(range -> new OffsetRange(
                        new TopicPartition(topic, (int) atLeast(0, range.partition(), "skipped")),
                        range.from(),
                        range.to()))
                .toList();
    }

    private static List<Manifest.DataFile> files(List<AddedFile> files, String field, Map<String, TableKind> tables) {
        return files.stream().map(file -> file(file, field, tables)).toList();
    }

    private static Manifest.DataFile file(AddedFile file, String field, Map<String, TableKind> tables) {
        TableKind table = tables.get(file.table());
        if (table == null) {
            throw new IllegalArgumentException(
                    field + ": expected one of the tables " + tables.keySet() + ", found \"" + file.table() + '"');
        }
        return new Manifest.DataFile(
                table,
                PathPartition.parse(file.pathPartition()),
                fileName(file.name(), field),
                fileName(file.staged(), field),
                atLeast(1, file.rows(), field),
                atLeast(1, file.bytes(), field));
    }

    private static long atLeast(long min, long value, String field) {
        if (value < min) {
            throw new IllegalArgumentException(field + ": expected a number of at least " + min + ", found " + value);
        }
        return value;
    }

    /** A name that cannot lead out of its folder. */
    private static String fileName(String name, String field) {
        if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('/') >= 0) {
            throw new IllegalArgumentException(field + ": expected a file name, found \"" + name + '"');
        }
        return name;
    }

    /** Where an error is, such as {@code added[0].rows: }. */
    private static String path(JsonMappingException error) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference step : error.getPath()) {
            String name = step.getFieldName();
            if (name == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(name);
            }
        }
        return path.isEmpty() ? "" : path + ": ";
    }
}
