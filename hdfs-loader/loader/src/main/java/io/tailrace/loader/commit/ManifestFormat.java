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
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.StagedFile;
import io.tailrace.loader.table.TableKind;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.UuidText;
import io.tailrace.schemas.Schemas;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/**
 * The JSON form of a {@link Manifest}, drawn in {@code docs/format.md}. Writes format 3, reads it and the {@link FormerManifestFormats}.
 *
 * <p>Reading is strict: a missing, unknown, duplicate or mistyped field is an error, because a manifest that is
 * misread loses or repeats records. A new field therefore needs a new format.
 */
final class ManifestFormat {
    private static final int VERSION = 3;

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

    /** Format 3. No schema is null, and so is an id that is not known. */
    record Format3(
            int format,
            long sequence,
            String topic,
            JsonNode topicId,
            int series,
            String run,
            JsonNode schema,
            long valueBytes,
            List<Progress> partitions,
            List<SkippedRange> skipped,
            List<AddedFile> added,
            List<RemovedFile> removed) {}

    record Progress(int partition, long startOffset, long endOffset, int leaderEpoch) {}

    record SkippedRange(int partition, long from, long to) {}

    record AddedFile(
            String table,
            String pathPartition,
            long generation,
            String name,
            String staged,
            long rows,
            long bytes,
            List<FileSpan> spans) {}

    record RemovedFile(
            String table,
            String pathPartition,
            long generation,
            String name,
            long rows,
            long bytes,
            List<FileSpan> spans) {}

    record FileSpan(int partition, long first, long last) {}

    /** Writes a manifest in the newest format. */
    static byte[] encode(Manifest manifest) {
        return bytes(tree(manifest));
    }

    /** Writes a value of a format. */
    static byte[] bytes(Object value) {
        try {
            return JSON.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + value, e);
        }
    }

    /** Returns a manifest as JSON, for a document that has it as a part. */
    static JsonNode tree(Manifest manifest) {
        try {
            Schema schema = manifest.schema();
            return JSON.valueToTree(new Format3(
                    VERSION,
                    manifest.sequence(),
                    manifest.topic().name(),
                    topicId(manifest.topic()),
                    manifest.topic().series(),
                    manifest.runId(),
                    schema == null ? JSON.nullNode() : JSON.readTree(schema.toString()),
                    manifest.valueBytes(),
                    manifest.partitions().entrySet().stream()
                            .map(entry -> progress(entry.getKey(), entry.getValue()))
                            .toList(),
                    manifest.skipped().stream()
                            .map(range ->
                                    new SkippedRange(range.topicPartition().partition(), range.from(), range.to()))
                            .toList(),
                    manifest.added().stream().map(ManifestFormat::added).toList(),
                    manifest.removed().stream().map(ManifestFormat::removed).toList()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write the manifest of run " + manifest.runId(), e);
        }
    }

    private static Progress progress(int partition, PartitionProgress progress) {
        return new Progress(partition, progress.startOffset(), progress.endOffset(), progress.leaderEpoch());
    }

    private static AddedFile added(StagedFile staged) {
        DataFile file = staged.file();
        return new AddedFile(
                name(file.table()),
                file.pathPartition().path(),
                file.generation(),
                file.name(),
                staged.staged(),
                file.rows(),
                file.bytes(),
                spans(file));
    }

    static RemovedFile removed(DataFile file) {
        return new RemovedFile(
                name(file.table()),
                file.pathPartition().path(),
                file.generation(),
                file.name(),
                file.rows(),
                file.bytes(),
                spans(file));
    }

    private static List<FileSpan> spans(DataFile file) {
        return file.spans().stream()
                .map(span -> new FileSpan(span.partition(), span.first(), span.last()))
                .toList();
    }

    private static String name(TableKind table) {
        return switch (table) {
            case ROWS -> "rows";
            case ERRORS -> "errors";
        };
    }

    /**
     * Reads a manifest.
     *
     * @throws IllegalArgumentException if the bytes are not a manifest in a known format; the message names the field,
     *     what was expected and what was found
     */
    static Manifest decode(byte[] bytes) {
        return decode(parse(bytes));
    }

    /** As {@link #decode(byte[])}, of a part of a document. */
    static Manifest decode(JsonNode json) {
        JsonNode format = json.path("format");
        return switch (format.isInt() ? format.intValue() : 0) {
            case 1 -> FormerManifestFormats.decode(read(json, FormerManifestFormats.Format1.class));
            case 2 -> FormerManifestFormats.decode(read(json, FormerManifestFormats.Format2.class));
            case VERSION -> decode(read(json, Format3.class));
            default ->
                throw new IllegalArgumentException(
                        "format: expected 1 to " + VERSION + ", found " + (format.isMissingNode() ? "none" : format));
        };
    }

    /**
     * Reads a value of a format.
     *
     * @throws IllegalArgumentException if the bytes are not such a value; the message names the field
     */
    static <T> T read(byte[] bytes, Class<T> type) {
        return read(parse(bytes), type);
    }

    private static <T> T read(JsonNode json, Class<T> type) {
        try {
            return JSON.treeToValue(json, type);
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

    private static Manifest decode(Format3 json) {
        return new Manifest(
                atLeast(1, json.sequence(), "sequence"),
                new LoadedTopic(json.topic(), topicId(json.topicId()), (int) atLeast(0, json.series(), "series")),
                fileName(json.run(), "run"),
                json.schema().isNull() ? null : schema(json.schema().toString()),
                partitions(json.partitions()),
                skipped(json.skipped(), json.topic()),
                atLeast(0, json.valueBytes(), "valueBytes"),
                json.added().stream().map(ManifestFormat::added).toList(),
                json.removed().stream().map(ManifestFormat::removed).toList());
    }

    private static JsonNode topicId(LoadedTopic topic) {
        return topic.id()
                .<JsonNode>map(id -> JSON.getNodeFactory().textNode(UuidText.of(id)))
                .orElse(JSON.nullNode());
    }

    private static Optional<UUID> topicId(JsonNode json) {
        try {
            return json.isNull() ? Optional.empty() : Optional.of(UuidText.parse(json.asText()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("topicId: " + e.getMessage(), e);
        }
    }

    /** Parses an Avro schema, whose errors name the field. */
    static Schema schema(String json) {
        try {
            return Schemas.of(json);
        } catch (AvroRuntimeException e) {
            throw new IllegalArgumentException("schema: expected an Avro schema: " + e.getMessage(), e);
        }
    }

    private static SortedMap<Integer, PartitionProgress> partitions(List<Progress> list) {
        SortedMap<Integer, PartitionProgress> partitions = new TreeMap<>();
        for (Progress json : list) {
            atLeast(0, json.partition(), "partitions");
            try {
                PartitionProgress progress =
                        new PartitionProgress(json.startOffset(), json.endOffset(), json.leaderEpoch());
                if (partitions.put(json.partition(), progress) != null) {
                    throw new IllegalArgumentException(
                            "expected each partition once, found " + json.partition() + " twice");
                }
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("partitions: " + e.getMessage(), e);
            }
        }
        return partitions;
    }

    static List<OffsetRange> skipped(List<SkippedRange> ranges, String topic) {
        return ranges.stream()
                .map(range -> new OffsetRange(
                        new TopicPartition(topic, (int) atLeast(0, range.partition(), "skipped")),
                        range.from(),
                        range.to()))
                .toList();
    }

    private static StagedFile added(AddedFile file) {
        DataFile published = new DataFile(
                table(file.table(), "added"),
                PathPartition.parse(file.pathPartition()),
                atLeast(0, file.generation(), "added"),
                fileName(file.name(), "added"),
                atLeast(1, file.rows(), "added"),
                atLeast(1, file.bytes(), "added"),
                spans(file.spans()));
        return new StagedFile(published, fileName(file.staged(), "added"));
    }

    static DataFile removed(RemovedFile file) {
        return new DataFile(
                table(file.table(), "removed"),
                PathPartition.parse(file.pathPartition()),
                atLeast(0, file.generation(), "removed"),
                fileName(file.name(), "removed"),
                atLeast(1, file.rows(), "removed"),
                atLeast(1, file.bytes(), "removed"),
                spans(file.spans()));
    }

    private static List<DataFile.Span> spans(List<FileSpan> spans) {
        return spans.stream()
                .map(span -> new DataFile.Span(span.partition(), span.first(), span.last()))
                .toList();
    }

    private static TableKind table(String name, String field) {
        return switch (name) {
            case "rows" -> TableKind.ROWS;
            case "errors" -> TableKind.ERRORS;
            default ->
                throw new IllegalArgumentException(
                        field + ": expected one of the tables rows and errors, found \"" + name + '"');
        };
    }

    static long atLeast(long min, long value, String field) {
        if (value < min) {
            throw new IllegalArgumentException(field + ": expected a number of at least " + min + ", found " + value);
        }
        return value;
    }

    /** A name that cannot lead out of its folder. */
    static String fileName(String name, String field) {
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
