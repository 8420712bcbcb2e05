package io.tailrace.loader.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.loader.commit.CommitLog;
import io.tailrace.loader.commit.LoadedTopic;
import io.tailrace.loader.commit.ManifestFormatTest;
import io.tailrace.loader.plan.Plan;
import io.tailrace.loader.table.TableKind;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics that are deleted and created again, and logs that are cut after they were loaded. */
class RecreatedTopicTest {
    private static final LoadChoices ACCEPT = new LoadChoices(Plan.OnGap.FAIL, true, false);
    private static final int BEFORE = 10;
    private static final int AFTER = 40;

    private final FakeCluster cluster = new FakeCluster().with(AccessLog.P0).with(AccessLog.P1);
    private final FakeRegistry registry = new FakeRegistry();
    private TestLoader loader;

    @BeforeEach
    void open(@TempDir java.nio.file.Path dir) throws IOException {
        loader = new TestLoader(new Path(dir.resolve("out").toUri()), new Configuration(), cluster, registry);
    }

    @AfterEach
    void close() throws IOException {
        loader.close();
    }

    private void append(int events) {
        AccessLog.append(cluster, registry, events, 5);
    }

    private LoadedTopic loadedTopic() throws IOException {
        return new CommitLog(loader.store, loader.layout())
                .state()
                .newest()
                .orElseThrow()
                .topic();
    }

    @Test
    void stopsAtATopicCreatedAgainAlsoOnceItHasOutgrownTheFormerOne() throws IOException {
        append(BEFORE);
        loader.load();
        cluster.recreate(AccessLog.TOPIC);
        append(AFTER);

        assertThatThrownBy(loader::load)
                .isInstanceOf(TopicReplacedException.class)
                .hasMessageContaining("topic access-log was deleted and created again")
                .hasMessageContaining("--accept-new-topic");
        assertThat(loader.rows(TableKind.ROWS)).hasSize(BEFORE);
    }

    @Test
    void loadsTheNewTopicFromItsFirstRecordBesideTheFormerRows() throws IOException {
        append(BEFORE);
        loader.load();
        List<Path> former = loader.files(TableKind.ROWS);
        cluster.recreate(AccessLog.TOPIC);
        append(AFTER);

        assertThat(loader.load(ACCEPT).rows()).isEqualTo(AFTER);

        assertThat(loader.rows(TableKind.ROWS)).hasSize(BEFORE + AFTER);
        assertThat(loader.files(TableKind.ROWS)).containsAll(former);
        assertThat(loader.files(TableKind.ROWS))
                .filteredOn(file -> !former.contains(file))
                .allSatisfy(file -> assertThat(file.getName()).startsWith("access-log-series1-"));
        assertThat(loadedTopic().series()).isEqualTo(1);
        assertThat(loader.load().rows()).isZero();
        append(2);
        assertThat(loader.load().rows()).isEqualTo(2);
    }

    @Test
    void acceptsATopicCreatedAgainThatIsStillEmpty() throws IOException {
        append(BEFORE);
        loader.load();
        cluster.recreate(AccessLog.TOPIC);

        assertThatThrownBy(loader::load).isInstanceOf(TopicReplacedException.class);
        assertThat(loader.load(ACCEPT).rows()).isZero();
        append(AFTER);

        assertThat(loader.load().rows()).isEqualTo(AFTER);
    }

    @Test
    void stopsAtALogThatWasCutAlsoOnceItHasGrownAgain() throws IOException {
        append(BEFORE);
        loader.load();
        cluster.cutTo(AccessLog.P0, 3);
        append(8);

        assertThatThrownBy(loader::load)
                .isInstanceOf(TopicReplacedException.class)
                .hasMessageContaining("log of access-log-0 was loaded up to offset 5, but its records from offset 3 on")
                .hasMessageContaining("--accept-new-topic");
        assertThat(loader.load(ACCEPT).rows()).isEqualTo(8);
        assertThat(loader.rows(TableKind.ROWS)).hasSize(BEFORE + 8);
        assertThat(loader.load().rows()).isZero();
    }

    @Test
    void anElectionThatLosesNothingIsNoCut() throws IOException {
        append(BEFORE);
        loader.load();
        cluster.cutTo(AccessLog.P0, 5);
        append(4);
        assertThat(loader.load().rows()).isEqualTo(4);
        cluster.cutTo(AccessLog.P0, 7);
        assertThat(loader.load().rows()).isZero();
        append(4);

        assertThat(loader.load().rows()).isEqualTo(4);
    }

    @Test
    void commitsNothingOfATopicThatIsCreatedAgainWhileItIsLoaded() throws IOException {
        append(BEFORE);
        cluster.retainFrom(AccessLog.P1, 5);
        loader.onLoaded(records -> cluster.recreate(AccessLog.TOPIC));

        assertThatThrownBy(loader::load)
                .isInstanceOf(TopicReplacedException.class)
                .hasMessageContaining("Nothing was committed; load again");
        assertThat(loader.files(TableKind.ROWS)).isEmpty();
    }

    @Test
    void commitsNothingOfALogThatIsCutWhileItIsLoaded() throws IOException {
        append(BEFORE);
        cluster.retainFrom(AccessLog.P1, 5);
        loader.onLoaded(records -> {
            cluster.cutTo(AccessLog.P0, 2);
            cluster.append(AccessLog.P0, AccessLog.START.toEpochMilli(), new byte[1]);
        });

        assertThatThrownBy(loader::load)
                .isInstanceOf(TopicReplacedException.class)
                .hasMessageContaining("records of access-log-0 from offset 2 on were cut off");
        assertThat(loader.files(TableKind.ROWS)).isEmpty();
    }

    @Test
    void adoptsTheTopicsIdAfterACommitThatHasNone() throws IOException {
        append(BEFORE);
        writeFormat1();
        assertThat(loadedTopic().id()).isEmpty();

        assertThat(loader.load().rows()).isEqualTo(3);

        assertThat(loadedTopic().id()).isPresent();
        cluster.recreate(AccessLog.TOPIC);
        append(AFTER);
        assertThatThrownBy(loader::load).isInstanceOf(TopicReplacedException.class);
    }

    @Test
    void withoutAFormerIdAShorterLogCountsAsANewTopic() throws IOException {
        append(2);
        writeFormat1();

        assertThatThrownBy(loader::load)
                .isInstanceOf(TopicReplacedException.class)
                .hasMessageContaining(
                        "topic access-log may have been deleted and created again: log of access-log-0 ends at"
                                + " offset 1, but was loaded up to 4");
        assertThat(loader.load(ACCEPT).rows()).isEqualTo(2);
    }

    private void writeFormat1() throws IOException {
        loader.store.makeFolder(loader.layout().commits());
        loader.store.write(
                new Path(loader.layout().commits(), "00000000000000000001.json"),
                ManifestFormatTest.FORMAT_1.getBytes(UTF_8));
    }
}
