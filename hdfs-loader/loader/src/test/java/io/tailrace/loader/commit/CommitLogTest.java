package io.tailrace.loader.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.StagedFile;
import io.tailrace.loader.table.TableKind;
import java.io.IOException;
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

class CommitLogTest {
    private static final PathPartition HOUR = PathPartition.parse("dt=2015-05-17/hr=10");

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

    private static DataFile file(long sequence, long generation) {
        return new DataFile(
                TableKind.ROWS,
                HOUR,
                generation,
                "logs-0-" + sequence + "-" + sequence + ".parquet",
                1,
                100,
                List.of(new DataFile.Span(0, sequence, sequence)));
    }

    private void commit(long sequence, List<DataFile> added, List<DataFile> removed) throws IOException {
        String run = new Staging(store, layout).begin(Instant.EPOCH);
        Manifest manifest = new Manifest(
                sequence,
                new LoadedTopic("logs", Optional.empty(), 0),
                run,
                null,
                new TreeMap<>(Map.of(0, new PartitionProgress(sequence - 1, sequence, -1))),
                List.of(),
                removed.isEmpty() ? 50 : 0,
                added.stream().map(file -> new StagedFile(file, file.name())).toList(),
                removed);
        new Commit(new CommitLog(store, layout), step -> {}).commit(manifest, () -> {});
    }

    private void commitFiveTimes() throws IOException {
        for (long sequence = 1; sequence <= 4; sequence++) {
            commit(sequence, List.of(file(sequence, 0)), List.of());
        }
        commit(5, List.of(file(5, 5)), List.of(file(1, 0), file(2, 0), file(3, 0), file(4, 0)));
    }

    private void assertStateAfterFiveCommits(TopicState state) {
        assertThat(state.sequence()).isEqualTo(5);
        assertThat(state.files()).containsExactly(file(5, 5));
        assertThat(state.generation(TableKind.ROWS, HOUR)).isEqualTo(5);
        assertThat(state.recordBytes()).isEqualTo(50);
    }

    @Test
    void addsCommitsUp() throws IOException {
        commitFiveTimes();

        assertStateAfterFiveCommits(new CommitLog(store, layout).state());
    }

    @Test
    void aCheckpointReplacesTheManifestsBeforeIt() throws IOException {
        commitFiveTimes();
        new CommitLog(store, layout).checkpoint(3);

        CommitLog log = new CommitLog(store, layout);
        assertThat(store.names(layout.commits()))
                .containsExactly("00000000000000000003.json", "00000000000000000004.json", "00000000000000000005.json");
        assertStateAfterFiveCommits(log.state());
        assertThat(log.checkpoint()).isEqualTo(3);
        assertThat(log.after(3)).extracting(Manifest::sequence).containsExactly(4L, 5L);

        log.checkpoint(5);
        assertThat(store.names(layout.checkpoints())).containsExactly("00000000000000000005.json");
        assertStateAfterFiveCommits(new CommitLog(store, layout).state());
    }

    @Test
    void aReaderThatIsBehindReadsTheCheckpointThatReplacedTheNextCommits() throws IOException {
        CommitLog reader = new CommitLog(store, layout);
        commit(1, List.of(file(1, 0)), List.of());
        assertThat(reader.state().sequence()).isEqualTo(1);
        commit(2, List.of(file(2, 0)), List.of());
        commit(3, List.of(file(3, 0)), List.of());
        new CommitLog(store, layout).checkpoint(3);

        assertThat(reader.state().files()).hasSize(3);
    }

    @Test
    void aMissingCommitIsNotSkipped() throws IOException {
        commit(1, List.of(file(1, 0)), List.of());
        commit(2, List.of(file(2, 0)), List.of());
        commit(3, List.of(file(3, 0)), List.of());
        store.delete(new Path(layout.commits(), "00000000000000000002.json"));

        assertThatThrownBy(() -> new CommitLog(store, layout).state()).hasMessageContaining("commit 2 is missing");
    }

    @Test
    void aCrashBeforeTheManifestsAreDeletedChangesNothing() throws IOException {
        commitFiveTimes();
        Path third = new Path(layout.commits(), "00000000000000000002.json");
        byte[] manifest = store.read(third);
        new CommitLog(store, layout).checkpoint(3);
        store.write(third, manifest);

        assertStateAfterFiveCommits(new CommitLog(store, layout).state());
    }

    @Test
    void aDamagedCheckpointStopsTheLoader() throws IOException {
        commitFiveTimes();
        new CommitLog(store, layout).checkpoint(3);
        Path checkpoint = new Path(layout.checkpoints(), "00000000000000000003.json");
        store.delete(checkpoint);
        store.write(checkpoint, "{\"checkpoint\": 2}".getBytes(java.nio.charset.StandardCharsets.UTF_8));

        assertThatThrownBy(() -> new CommitLog(store, layout).state())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot read checkpoint " + checkpoint)
                .hasMessageContaining("Nothing was loaded");
    }

    @Test
    void filesThatFollowTheRemovalOfAllOthersAreOfItsGeneration() throws IOException {
        commit(1, List.of(file(1, 0)), List.of());
        commit(2, List.of(), List.of(file(1, 0)));
        TopicState emptied = new CommitLog(store, layout).state();
        assertThat(emptied.files()).isEmpty();
        assertThat(emptied.generation(TableKind.ROWS, HOUR)).isEqualTo(2);

        commit(3, List.of(file(3, 2)), List.of());
        assertThat(new CommitLog(store, layout).state().files()).containsExactly(file(3, 2));

        commit(4, List.of(file(4, 0)), List.of());
        assertThatThrownBy(() -> new CommitLog(store, layout).state())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected generation 2");
    }

    @Test
    void aCommitThatRemovesAnUnknownFileStopsTheLoader() throws IOException {
        commit(1, List.of(file(1, 0)), List.of());
        commit(2, List.of(), List.of(file(9, 0)));

        assertThatThrownBy(() -> new CommitLog(store, layout).state())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("commit 2 removes")
                .hasMessageContaining("logs-0-9-9.parquet");
    }
}
