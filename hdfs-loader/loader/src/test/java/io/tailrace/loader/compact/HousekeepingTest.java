package io.tailrace.loader.compact;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.loader.commit.Commit;
import io.tailrace.loader.commit.CommitLog;
import io.tailrace.loader.commit.LoadedTopic;
import io.tailrace.loader.commit.Manifest;
import io.tailrace.loader.commit.Marks;
import io.tailrace.loader.commit.PartitionProgress;
import io.tailrace.loader.commit.Staging;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.StagedFile;
import io.tailrace.loader.table.TableKind;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HousekeepingTest {
    private static final int COMMITS = 250;
    private static final DataFile FILE = new DataFile(
            TableKind.ERRORS,
            PathPartition.parse("dt=2015-05-17/hr=10"),
            0,
            "logs-0-0-0.parquet",
            1,
            100,
            List.of(new DataFile.Span(0, 0, 0)));

    private Store store;
    private Layout layout;

    @BeforeEach
    void open(@TempDir java.nio.file.Path dir) throws IOException {
        Path root = new Path(dir.toUri());
        store = Store.open(root, new Configuration());
        layout = new Layout(root, "logs");
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private void commit(CommitLog log, long sequence) throws IOException {
        Manifest manifest = new Manifest(
                sequence,
                new LoadedTopic("logs", Optional.empty(), 0),
                new Staging(store, layout).begin(Instant.EPOCH),
                null,
                new TreeMap<>(Map.of(0, new PartitionProgress(sequence - 1, sequence, -1))),
                List.of(),
                0,
                sequence == 1 ? List.of(new StagedFile(FILE, FILE.name())) : List.of(),
                sequence == 2 ? List.of(FILE) : List.of());
        new Commit(log, step -> {}).commit(manifest, () -> {});
    }

    @Test
    void keepsCommitsUntilTheFilesThatTheyRemoveAreDeleted() throws IOException {
        CommitLog log = new CommitLog(store, layout);
        for (long sequence = 1; sequence <= COMMITS; sequence++) {
            commit(log, sequence);
        }
        new Marks(store, layout).advance("files", COMMITS);
        // Of a catalog that was turned off.
        new Marks(store, layout).advance("hive", 1);
        store.makeFolder(layout.file(FILE).getParent());
        store.write(layout.file(FILE), new byte[] {1});
        Housekeeping housekeeping = new Housekeeping(store, layout, log, List.of());
        long nowMs = System.currentTimeMillis();

        assertThat(housekeeping.run(nowMs, Duration.ofDays(1), () -> {})).isZero();
        assertThat(log.checkpoint()).isZero();

        long laterMs = nowMs + Duration.ofDays(2).toMillis();
        assertThat(housekeeping.run(laterMs, Duration.ofDays(1), () -> {})).isEqualTo(1);
        assertThat(store.exists(layout.file(FILE))).isFalse();
        assertThat(log.checkpoint()).isEqualTo(COMMITS - 100);
    }
}
