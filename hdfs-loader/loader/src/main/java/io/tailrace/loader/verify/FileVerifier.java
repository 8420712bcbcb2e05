package io.tailrace.loader.verify;

import io.tailrace.loader.store.CommitConflictException;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.store.StoredInputFile;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.FileAudit;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.RowFileBuilder;
import io.tailrace.loader.table.RowMapper;
import io.tailrace.loader.task.StoredRows;
import io.tailrace.schemas.SchemaRegistryClient;
import io.tailrace.schemas.SchemaRegistryException;
import io.tailrace.schemas.Schemas;
import io.tailrace.schemas.audit.ContentSum;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.jspecify.annotations.Nullable;

/** Computes the sums of a topic's files from their rows, and compares them with those in their footers. Used by one thread. */
public final class FileVerifier {
    private static final int ROWS_PER_REPORT = 1_000;

    private final Input input;
    private final String topic;
    private String latestEvent = "";
    private @Nullable FileRows latestRows;

    /**
     * What a verifier reads.
     *
     * @param store the file system
     * @param layout the topic's paths
     * @param registry has the schemas that records were written with
     * @param rows reads the files
     * @param done receives the number of rows done since the last call
     */
    public record Input(
            Store store, Layout layout, SchemaRegistryClient registry, StoredRows rows, LongConsumer done) {}

    public FileVerifier(Input input, String topic) {
        this.input = input;
        this.topic = topic;
    }

    /**
     * Verifies a file of rows. A file that is damaged is a result, not an exception.
     *
     * @throws IOException if the file system or the registry does not answer, or the run is to stop
     */
    public VerifiedFile verify(DataFile file) throws IOException {
        Path path = input.layout().file(file);
        try {
            return verify(file, footer(path));
        } catch (SchemaRegistryException e) {
            throw new IOException("cannot verify " + path + ": " + e.getMessage(), e);
        } catch (CommitConflictException e) {
            throw e;
        } catch (HostSums.TooManyHostsException e) {
            return VerifiedFile.unsummed();
        } catch (IOException | RuntimeException e) {
            // Parquet has no one exception for a damaged file. If the file system answers, the file is at fault.
            if (e instanceof IOException && !isAnswered(path)) {
                throw e;
            }
            return VerifiedFile.damaged("cannot be read: " + e);
        }
    }

    private boolean isAnswered(Path path) {
        try {
            input.store().length(path);
            return true;
        } catch (FileNotFoundException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private Map<String, String> footer(Path path) throws IOException {
        try (ParquetFileReader reader = ParquetFileReader.open(
                new StoredInputFile(input.store(), path),
                ParquetReadOptions.builder().build())) {
            return reader.getFileMetaData().getKeyValueMetaData();
        }
    }

    private VerifiedFile verify(DataFile file, Map<String, String> footer) throws IOException {
        Optional<SortedMap<String, ContentSum>> written = written(footer.get(FileAudit.FOOTER_KEY));
        HostSums sums = new HostSums();
        Optional<FileRows> restorable = rows(footer);
        if (restorable.isEmpty() && written.isEmpty()) {
            return VerifiedFile.unsummed();
        }
        if (restorable.isEmpty()) {
            written.get()
                    .forEach((host, sum) -> sums.addUnverified(
                            host, sum.count(), "the loader that wrote the file did not keep the schema of its events"));
            return new VerifiedFile(sums.all(), true, Optional.empty());
        }
        FileRows rows = restorable.get();
        long[] unreported = {0};
        long count = input.rows().scan(file, rows.rowSchema(), row -> {
            rows.add(row, file, sums);
            if (++unreported[0] == ROWS_PER_REPORT) {
                input.done().accept(ROWS_PER_REPORT);
                unreported[0] = 0;
            }
        });
        input.done().accept(unreported[0]);
        if (written.isPresent()) {
            return new VerifiedFile(sums.compared(written.get()), true, Optional.empty());
        }
        return new VerifiedFile(
                sums.all(),
                true,
                count == file.rows()
                        ? Optional.empty()
                        : Optional.of("expected " + file.rows() + " rows as committed, found " + count));
    }

    /** The sums by host that the file was written with; empty if it has none. */
    private static Optional<SortedMap<String, ContentSum>> written(@Nullable String text) {
        FileAudit audit = text == null ? FileAudit.INCOMPLETE : FileAudit.parse(text);
        if (!audit.isComplete()) {
            return Optional.empty();
        }
        SortedMap<String, ContentSum> byHost = new TreeMap<>();
        audit.sums()
                .forEach((host, windows) -> windows.values().forEach(sum -> byHost.merge(host, sum, ContentSum::plus)));
        return Optional.of(byHost);
    }

    /** What restores the rows of a file; empty if its footer does not say of which fields its columns are. */
    private Optional<FileRows> rows(Map<String, String> footer) {
        String event = footer.get(RowMapper.EVENT_SCHEMA_KEY);
        String rows = footer.get(RowFileBuilder.SCHEMA_KEY);
        if (event == null || rows == null) {
            return Optional.empty();
        }
        if (latestRows == null || !latestEvent.equals(event)) {
            latestRows = new FileRows(schema(event, RowMapper.EVENT_SCHEMA_KEY), topic, input.registry());
            latestEvent = event;
        }
        // A later loader may make other rows of the same events.
        return latestRows.rowSchema().equals(schema(rows, RowFileBuilder.SCHEMA_KEY))
                ? Optional.of(latestRows)
                : Optional.empty();
    }

    private static Schema schema(String text, String key) {
        try {
            return Schemas.of(text);
        } catch (AvroRuntimeException e) {
            throw new IllegalArgumentException(key + " in the footer: " + e.getMessage(), e);
        }
    }
}
