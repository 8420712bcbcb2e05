package io.tailrace.loader.audit;

import io.tailrace.loader.commit.TopicState;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.store.StoredInputFile;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.FileAudit;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.TableKind;
import io.tailrace.loader.verify.FileVerifier;
import io.tailrace.loader.verify.VerifiedFile;
import io.tailrace.schemas.audit.ContentSum;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.jspecify.annotations.Nullable;

/** Reads the sums that the loader wrote to the footers of its files, or lets them be computed from the rows. */
public final class LoadedHours {
    private final Store store;
    private final Layout layout;
    private final TopicState state;
    private final @Nullable FileVerifier verifier;

    public LoadedHours(Store store, Layout layout, TopicState state) {
        this(store, layout, state, null);
    }

    /** @param verifier computes the sums from the rows; null uses those in the footers */
    public LoadedHours(Store store, Layout layout, TopicState state, @Nullable FileVerifier verifier) {
        this.store = store;
        this.layout = layout;
        this.state = state;
        this.verifier = verifier;
    }

    /** Returns what the topic's table has of an hour. */
    public LoadedHour of(PathPartition hour) throws IOException {
        long errorRows =
                files(TableKind.ERRORS, hour).stream().mapToLong(DataFile::rows).sum();
        LoadedHour loaded = new LoadedHour(new TreeMap<>(), errorRows, new ArrayList<>(), new Findings());
        for (DataFile file : files(TableKind.ROWS, hour)) {
            if (verifier == null) {
                addFooter(file, loaded);
            } else {
                addVerified(layout.file(file).toString(), verifier.verify(file), loaded);
            }
        }
        return loaded;
    }

    private void addFooter(DataFile file, LoadedHour loaded) throws IOException {
        FileAudit audit = audit(file);
        if (audit == null || !audit.isComplete()) {
            loaded.unsummed().add(layout.file(file).toString());
            return;
        }
        audit.sums().forEach((host, windows) -> windows.values()
                .forEach(sum -> loaded.sums().merge(host, sum, ContentSum::plus)));
    }

    private static void addVerified(String path, VerifiedFile verified, LoadedHour loaded) {
        if (!verified.isSummed()) {
            loaded.unsummed().add(path);
        }
        Findings findings = loaded.findings();
        verified.damage().ifPresent(damage -> findings.damaged().add(path + " " + damage));
        verified.hosts().forEach((host, rows) -> {
            loaded.sums().merge(host, rows.sum(), ContentSum::plus);
            rows.altered().ifPresent(what -> add(findings.altered(), host, path + ": " + what));
            rows.unverified().ifPresent(why -> add(findings.unverified(), host, path + ": " + why));
        });
    }

    private static void add(Map<String, List<String>> byHost, String host, String finding) {
        byHost.computeIfAbsent(host, first -> new ArrayList<>()).add(finding);
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
