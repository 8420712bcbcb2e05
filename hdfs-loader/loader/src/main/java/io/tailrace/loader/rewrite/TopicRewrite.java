package io.tailrace.loader.rewrite;

import io.tailrace.loader.commit.CatalogPublication;
import io.tailrace.loader.commit.Commit;
import io.tailrace.loader.commit.CommitLog;
import io.tailrace.loader.commit.FilesPublication;
import io.tailrace.loader.commit.Manifest;
import io.tailrace.loader.commit.Publisher;
import io.tailrace.loader.commit.Staging;
import io.tailrace.loader.commit.TopicState;
import io.tailrace.loader.run.LoadRun;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.StagedFile;
import java.io.IOException;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/** The steps of a run that replaces files of one topic and loads no new offsets. Used by one thread. */
final class TopicRewrite {
    private final LoadRun.Dependencies dependencies;
    private final Layout layout;
    private final CommitLog commits;
    private final Publisher publisher;
    private final Staging staging;

    TopicRewrite(Path output, LoadRun.Dependencies dependencies, String topic) {
        this.dependencies = dependencies;
        this.layout = new Layout(output, topic);
        this.commits = new CommitLog(dependencies.store(), layout);
        this.publisher = new Publisher(
                dependencies.store(),
                layout,
                commits,
                CatalogPublication.in(dependencies.catalog(), dependencies.store(), layout, dependencies.abort()),
                dependencies.listener());
        this.staging = new Staging(dependencies.store(), layout);
    }

    Layout layout() {
        return layout;
    }

    TopicState state() throws IOException {
        return commits.state();
    }

    /**
     * Fences all other runs, and publishes what they committed.
     *
     * @return what could not be published
     * @throws IOException if committed files cannot be moved to their tables, where this run needs them
     */
    List<Publisher.Failure> begin() throws IOException {
        staging.fence(commits, publisher.filesEnd());
        List<Publisher.Failure> failures = publisher.publish();
        for (Publisher.Failure failure : failures) {
            if (failure.name().equals(FilesPublication.NAME)) {
                throw failure.cause();
            }
        }
        return failures;
    }

    /**
     * Checks, without writing anything, that the files of all commits are in their tables.
     *
     * @throws IOException if they are not
     */
    void requirePublished() throws IOException {
        long sequence = state().sequence();
        if (publisher.filesEnd() < sequence) {
            throw new IOException(
                    "commit " + sequence + " of topic " + layout.topic()
                            + " is not published yet: its files are not in their tables. Run tailrace load or tailrace compact first");
        }
    }

    /** Creates the staging folder of this run and returns its name. */
    String beginRun() throws IOException {
        return staging.begin(dependencies.clock().instant());
    }

    /** Deletes the staging folder of a run that commits nothing. */
    void discard(String runId) throws IOException {
        dependencies.store().delete(layout.staging(runId));
    }

    /**
     * Commits a run: the end offsets stay as they are.
     *
     * @param last the newest commit when the files were chosen. If another run has committed since, this one fails
     * @param schema the events' schema, or null if the topic has none
     */
    void commit(Manifest last, String runId, @Nullable Schema schema, List<StagedFile> added, List<DataFile> removed)
            throws IOException {
        Manifest manifest = new Manifest(
                last.sequence() + 1,
                last.topic(),
                runId,
                schema,
                last.unchangedPartitions(),
                List.of(),
                0,
                added,
                removed);
        new Commit(commits, dependencies.listener()).commit(manifest, dependencies.abort());
    }

    List<Publisher.Failure> publish() throws IOException {
        return publisher.publish();
    }

    /** As {@link #publish}, after the commit point: a failure does not undo the run. */
    List<Publisher.Failure> publishCommitted() {
        try {
            return publish();
        } catch (IOException e) {
            return List.of(new Publisher.Failure(FilesPublication.NAME, e));
        }
    }
}
