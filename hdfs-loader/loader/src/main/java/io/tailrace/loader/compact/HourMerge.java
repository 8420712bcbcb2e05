package io.tailrace.loader.compact;

import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.store.StoredInputFile;
import io.tailrace.loader.store.SyncedOutputFile;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.FileAudit;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.RowFileBuilder;
import io.tailrace.loader.table.RowMapper;
import io.tailrace.loader.table.Spans;
import io.tailrace.loader.table.StagedFile;
import io.tailrace.loader.table.TableKind;
import io.tailrace.loader.task.ParquetSettings;
import io.tailrace.loader.task.StoredRows;
import io.tailrace.schemas.Schemas;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;

/**
 * Writes the rows of an hour to as few files as the target size allows. Files whose rows have different schemas are not mixed, so
 * that each row keeps exactly its columns. One row group is in memory at a time. Used once, by one thread.
 */
final class HourMerge {
    private static final FileAudit NO_ROWS = new FileAudit(true, new TreeMap<>());

    private final MergePlan.HourFiles hour;
    private final Target target;
    private final StoredRows rows;
    private final List<StagedFile> written = new ArrayList<>();

    /**
     * Where the merged files go.
     *
     * @param store the file system
     * @param layout the topic's paths
     * @param staging the run's staging folder
     * @param sequence the number of the commit, and so the generation of the files
     * @param fileBytes the size that files should have
     * @param parquet settings of the files
     */
    record Target(Store store, Layout layout, Path staging, long sequence, long fileBytes, ParquetSettings parquet) {}

    /** @param abort checked regularly while rows are copied */
    HourMerge(MergePlan.HourFiles hour, Target target, AbortCheck abort) {
        this.hour = hour;
        this.target = target;
        this.rows = new StoredRows(target.store(), target.layout(), abort);
    }

    /**
     * Merges.
     *
     * @return the files, complete and on disk; empty if they would be as many as before, because of their schemas
     * @throws IOException if a file cannot be read, or its number of rows is not that in its commit
     */
    List<StagedFile> run() throws IOException {
        List<Batch> batches = batches();
        if (batches.size() < hour.files().size()) {
            for (Batch batch : batches) {
                write(batch.schemas(), batch.inputs());
            }
        }
        return written;
    }

    /** Returns the files that are merged into one, for each new file. Each is added to the first one that has room for it. */
    private List<Batch> batches() throws IOException {
        List<Batch> batches = new ArrayList<>();
        for (DataFile file : hour.files()) {
            Map<String, String> footer = footer(file);
            String schema = footer.get(RowFileBuilder.SCHEMA_KEY);
            if (schema == null) {
                throw new IOException("cannot merge " + target.layout().file(file) + ": expected the Avro schema "
                        + RowFileBuilder.SCHEMA_KEY + " in its footer, which the loader writes");
            }
            FileSchemas schemas = new FileSchemas(schema, Optional.ofNullable(footer.get(RowMapper.EVENT_SCHEMA_KEY)));
            Optional<Batch> room = batches.stream()
                    .filter(batch ->
                            batch.schemas().equals(schemas) && batch.bytes() + file.bytes() <= target.fileBytes())
                    .findFirst();
            Batch batch = room.orElseGet(() -> new Batch(schemas, new ArrayList<>()));
            if (room.isEmpty()) {
                batches.add(batch);
            }
            batch.inputs().add(new Input(file, audit(file, footer)));
        }
        return batches;
    }

    /** Files that become one. */
    private record Batch(FileSchemas schemas, List<Input> inputs) {
        long bytes() {
            return inputs.stream().mapToLong(input -> input.file().bytes()).sum();
        }
    }

    /**
     * The schemas in the footer of a file. Files become one only if these are equal.
     *
     * @param rows the Avro schema of the rows
     * @param event the schema of the events that the rows were made of; empty in files of earlier loaders and of errors
     */
    private record FileSchemas(String rows, Optional<String> event) {}

    /** A file to merge, and the sums of its rows. */
    private record Input(DataFile file, FileAudit audit) {}

    private StoredInputFile open(DataFile file) throws IOException {
        return new StoredInputFile(target.store(), target.layout().file(file));
    }

    private Map<String, String> footer(DataFile file) throws IOException {
        try (ParquetFileReader reader =
                ParquetFileReader.open(open(file), ParquetReadOptions.builder().build())) {
            return reader.getFileMetaData().getKeyValueMetaData();
        }
    }

    /** A file of rows without sums makes those of the merged file incomplete. */
    private FileAudit audit(DataFile file, Map<String, String> footer) throws IOException {
        String text = footer.get(FileAudit.FOOTER_KEY);
        if (text == null) {
            return hour.table() == TableKind.ROWS ? FileAudit.INCOMPLETE : NO_ROWS;
        }
        try {
            return FileAudit.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IOException("cannot merge " + target.layout().file(file) + ": " + e.getMessage(), e);
        }
    }

    private void write(FileSchemas schemas, List<Input> inputs) throws IOException {
        String staged = "merged-" + hour.table().name().toLowerCase(Locale.ROOT) + "-"
                + hour.pathPartition().dt() + "-" + hour.pathPartition().hr() + "-" + written.size() + ".parquet";
        Path path = new Path(target.staging(), staged);
        FileAudit audit = inputs.stream().map(Input::audit).reduce(NO_ROWS, FileAudit::plus);
        Map<String, String> footer = new HashMap<>();
        if (hour.table() == TableKind.ROWS) {
            footer.put(FileAudit.FOOTER_KEY, audit.toJson());
        }
        schemas.event().ifPresent(event -> footer.put(RowMapper.EVENT_SCHEMA_KEY, event));
        Schema schema = Schemas.of(schemas.rows());
        try (ParquetWriter<GenericRecord> writer = writer(schema, path, footer)) {
            for (Input input : inputs) {
                rows.read(input.file(), schema, writer::write);
            }
        }
        DataFile merged = new DataFile(
                hour.table(),
                hour.pathPartition(),
                target.sequence(),
                target.layout().mergedFileName(target.sequence(), written.size()),
                inputs.stream().mapToLong(input -> input.file().rows()).sum(),
                target.store().length(path),
                Spans.union(inputs.stream().map(Input::file).toList()));
        written.add(new StagedFile(merged, staged));
    }

    private ParquetWriter<GenericRecord> writer(Schema schema, Path path, Map<String, String> footer)
            throws IOException {
        return new RowFileBuilder(new SyncedOutputFile(target.store(), path), schema)
                .withWriteMode(ParquetFileWriter.Mode.CREATE)
                .withCompressionCodec(target.parquet().codec())
                .withExtraMetaData(footer)
                .withRowGroupSize(target.parquet().rowGroupBytes())
                .build();
    }
}
