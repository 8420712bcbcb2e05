package io.tailrace.loader.audit;

import io.tailrace.loader.commit.TopicState;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.store.StoredInputFile;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.FileAudit;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.TableKind;
import io.tailrace.schemas.audit.ContentSum;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.jspecify.annotations.Nullable;

/** Reads the sums that the loader wrote to the footers of its files. */
final class LoadedHours {
    private final Store store;
    private final Layout layout;
    private final TopicState state;

    LoadedHours(Store store, Layout layout, TopicState state) {
        this.store = store;
        this.layout = layout;
        this.state = state;
    }

    /** Returns what the topic's table has of an hour. */
    LoadedHour of(PathPartition hour) throws IOException {
        SortedMap<String, ContentSum> sums = new TreeMap<>();
        List<String> unsummed = new ArrayList<>();
        for (DataFile file : files(TableKind.ROWS, hour)) {
            @Nullable FileAudit audit = audit(file);
            if (audit == null || !audit.isComplete()) {
                unsummed.add(layout.file(file).toString());
            } else {
                audit.sums().forEach((host, windows) -> windows.values()
                        .forEach(sum -> sums.merge(host, sum, ContentSum::plus)));
            }
        }
        long errorRows =
                files(TableKind.ERRORS, hour).stream().mapToLong(DataFile::rows).sum();
        return new LoadedHour(sums, errorRows, unsummed);
    }

    private List<DataFile> files(TableKind table, PathPartition hour) {
        TopicState.Hour files = state.hours(table).get(hour);
        return files == null ? List.of() : files.files();
    }

    private @Nullable FileAudit audit(DataFile file) throws IOException {
        Path path = layout.file(file);
        try (ParquetFileReader reader = ParquetFileReader.open(
                new StoredInputFile(store, path), ParquetReadOptions.builder().build())) {
            String text = reader.getFileMetaData().getKeyValueMetaData().get(FileAudit.FOOTER_KEY);
            return text == null ? null : FileAudit.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IOException("cannot read the sums of " + path + ": " + e.getMessage(), e);
        }
    }
}
