package io.tailrace.loader.commit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.loader.plan.OffsetRange;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.StagedFile;
import io.tailrace.loader.table.TableKind;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.UuidText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

public class ManifestFormatTest {
    private static final Path DOCUMENT = Path.of("../../docs/format.md");
    private static final TopicPartition P0 = new TopicPartition("access-log", 0);

    /** As written before format 2. */
    public static final String FORMAT_1 = """
            {
              "format" : 1,
              "sequence" : 1,
              "topic" : "access-log",
              "runId" : "20261122T100000Z-5f3a9c01",
              "committedAtMs" : 1763805600000,
              "schema" : "{\\"type\\":\\"record\\",\\"name\\":\\"Event\\",\\"fields\\":[{\\"name\\":\\"status\\",\\"type\\":\\"int\\"}]}",
              "endOffsets" : {
                "0" : 4,
                "1" : 3
              },
              "skipped" : [ {
                "partition" : 0,
                "from" : 1,
                "to" : 3
              } ],
              "valueBytes" : 212,
              "files" : [ {
                "table" : "ROWS",
                "pathPartition" : "dt=2015-05-17/hr=10",
                "name" : "access-log-1-0-2.parquet",
                "staged" : "rows-1-0.parquet",
                "rows" : 3,
                "bytes" : 1780
              }, {
                "table" : "ERRORS",
                "pathPartition" : "dt=2015-05-17/hr=11",
                "name" : "access-log-0-3-3.parquet",
                "staged" : "errors-0-0.parquet",
                "rows" : 1,
                "bytes" : 2011
              } ]
            }""";

    /** As written before format 3. */
    private static final String FORMAT_2 = """
            {
              "format" : 2,
              "sequence" : 1,
              "topic" : "access-log",
              "run" : "20261122T100000Z-5f3a9c01",
              "schema" : {"type":"record","name":"Event","fields":[{"name":"status","type":"int"}]},
              "valueBytes" : 212,
              "partitions" : [ {"partition" : 0, "endOffset" : 4}, {"partition" : 1, "endOffset" : 3} ],
              "skipped" : [ {"partition" : 0, "from" : 1, "to" : 3} ],
              "added" : [ {
                "table" : "rows",
                "pathPartition" : "dt=2015-05-17/hr=10",
                "name" : "access-log-1-0-2.parquet",
                "staged" : "rows-1-0.parquet",
                "rows" : 3,
                "bytes" : 1780
              }, {
                "table" : "errors",
                "pathPartition" : "dt=2015-05-17/hr=11",
                "name" : "access-log-0-3-3.parquet",
                "staged" : "errors-0-0.parquet",
                "rows" : 1,
                "bytes" : 2011
              } ]
            }""";

    /** The commit that earlier formats describe. */
    private static Manifest former() {
        return new Manifest(
                1,
                new LoadedTopic("access-log", Optional.empty(), 0),
                "20261122T100000Z-5f3a9c01",
                SchemaBuilder.record("Event").fields().requiredInt("status").endRecord(),
                new TreeMap<>(Map.of(0, new PartitionProgress(4, 4, -1), 1, new PartitionProgress(3, 3, -1))),
                List.of(new OffsetRange(P0, 1, 3)),
                212,
                List.of(
                        new StagedFile(
                                new DataFile(
                                        TableKind.ROWS,
                                        PathPartition.parse("dt=2015-05-17/hr=10"),
                                        0,
                                        "access-log-1-0-2.parquet",
                                        3,
                                        1780,
                                        List.of(new DataFile.Span(1, 0, 2))),
                                "rows-1-0.parquet"),
                        new StagedFile(
                                new DataFile(
                                        TableKind.ERRORS,
                                        PathPartition.parse("dt=2015-05-17/hr=11"),
                                        0,
                                        "access-log-0-3-3.parquet",
                                        1,
                                        2011,
                                        List.of(new DataFile.Span(0, 3, 3))),
                                "errors-0-0.parquet")),
                List.of());
    }

    private static Manifest manifest() {
        return new Manifest(
                12,
                new LoadedTopic("access-log", Optional.of(UuidText.parse("9fXq2vT3RkmHn1oYcLw0Zg")), 0),
                "20261122T100000Z-5f3a9c01",
                SchemaBuilder.record("Event").fields().requiredInt("status").endRecord(),
                new TreeMap<>(Map.of(0, new PartitionProgress(1, 4, 7), 1, new PartitionProgress(0, 3, 5))),
                List.of(new OffsetRange(P0, 1, 3)),
                212,
                List.of(new StagedFile(
                        new DataFile(
                                TableKind.ROWS,
                                PathPartition.parse("dt=2015-05-17/hr=10"),
                                12,
                                "access-log-1-0-2.parquet",
                                3,
                                1780,
                                List.of(new DataFile.Span(1, 0, 2))),
                        "rows-1-0-0.parquet")),
                List.of(new DataFile(
                        TableKind.ROWS,
                        PathPartition.parse("dt=2015-05-17/hr=10"),
                        0,
                        "access-log-1-0-0.parquet",
                        1,
                        1702,
                        List.of(new DataFile.Span(1, 0, 0)))));
    }

    @ParameterizedTest
    @ValueSource(strings = {FORMAT_1, FORMAT_2})
    void readsFormerFormats(String text) {
        assertThat(ManifestFormat.decode(text.getBytes(UTF_8))).isEqualTo(former());
    }

    @Test
    void schemaWithADefaultThatDoesNotFitItsTypeIsRead() {
        String json =
                "{\"type\":\"record\",\"name\":\"Event\",\"fields\":[{\"name\":\"at\",\"type\":\"long\",\"default\":null}]}";

        assertThat(ManifestFormat.schema(json)).hasToString(json);
    }

    @Test
    void readsAndWritesTheExampleOfTheDocument() throws IOException {
        String section = Files.readString(DOCUMENT).split("\n## Loader manifest\n", 2)[1];
        String example = section.split("```json\n", 2)[1].split("\n```", 2)[0];

        assertThat(ManifestFormat.decode(example.getBytes(UTF_8))).isEqualTo(manifest());
        assertThat(new String(ManifestFormat.encode(manifest()), UTF_8)).isEqualTo(example);
    }

    @Test
    void keepsAManifestWithoutIdSchemaAndFiles() {
        Manifest manifest = new Manifest(
                7,
                new LoadedTopic("access-log", Optional.empty(), 2),
                "run",
                null,
                new TreeMap<>(Map.of(0, new PartitionProgress(0, 4, -1))),
                List.of(new OffsetRange(P0, 0, 4)),
                0,
                List.of(),
                List.of());

        assertThat(ManifestFormat.decode(ManifestFormat.encode(manifest))).isEqualTo(manifest);
    }

    /** Replaces a piece of a valid manifest. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    "format" : 3             | "format" : 4               | format: expected 1 to 3, found 4
                    "format" : 3             | "format" : "3"             | format: expected 1 to 3, found "3"
                    "format" : 3,            |                            | format: expected 1 to 3, found none
                    "sequence" : 12          | "sequence" : 0             | sequence: expected a number of at least 1, found 0
                    "sequence" : 12          | "sequence" : "1"           | sequence:
                    "sequence" : 12          | "sequence" : 1.5           | sequence:
                    "sequence" : 12          | "sequence" : null          | sequence:
                    "sequence" : 12,         |                            | sequence
                    "sequence" : 12          | "sequence" : 1, "sequence" : 1 | Duplicate field 'sequence'
                    "sequence" : 12          | "sequence" : 1, "moved" : []  | moved: Unrecognized field
                    "9fXq2vT3RkmHn1oYcLw0Zg" | "9fXq"                     | topicId: expected an id of 16 bytes
                    "series" : 0             | "series" : -1              | series: expected a number of at least 0
                    "status"                 | "no name"                  | schema: expected an Avro schema
                    "endOffset" : 4          | "endOffset" : -4           | partitions: expected 0 <= startOffset <= endOffset
                    "startOffset" : 1        | "startOffset" : 5          | partitions: expected 0 <= startOffset <= endOffset
                    "leaderEpoch" : 7        | "leaderEpoch" : -2         | partitions: expected 0 <= startOffset <= endOffset
                    "partition" : 1          | "partition" : 0            | partitions: expected each partition once, found 0 twice
                    "from" : 1               | "from" : 5                 | offsets of access-log-0
                    "rows" : 3               | "rows" : true              | added[0].rows:
                    "rows" : 3,              |                            | added[0].rows
                    "rows" : 1,              |                            | removed[0].rows
                    "table" : "rows"         | "table" : "ROWS"           | added: expected one of the tables
                    "generation" : 12        | "generation" : -1          | added: expected a number of at least 0
                    "last" : 2               | "last" : -1                | span: expected a partition and offsets
                    dt=2015-05-17/hr=10      | dt=../../x                 | path partition: expected dt=YYYY-MM-DD/hr=HH
                    "rows-1-0-0.parquet"     | "../rows-1-0.parquet"      | added: expected a file name
                    "skipped" : [ {          | "skipped" : [ null, {      | skipped
                    """)
    void refusesAnythingElse(String piece, String replacement, String message) {
        String valid = new String(ManifestFormat.encode(manifest()), UTF_8);
        assertThat(valid).contains(piece);
        String invalid = valid.replaceFirst(
                Pattern.quote(piece), Matcher.quoteReplacement(replacement == null ? "" : replacement));

        assertThatThrownBy(() -> ManifestFormat.decode(invalid.getBytes(UTF_8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({"''", "'{'", "'{\"format\": 3} {}'", "'[]'", "'null'"})
    void refusesWhatIsNotAJsonObject(String text) {
        assertThatThrownBy(() -> ManifestFormat.decode(text.getBytes(UTF_8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected");
    }
}
