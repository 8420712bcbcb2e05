package io.tailrace.loader.compact;

import io.tailrace.loader.commit.CatalogPublication;
import io.tailrace.loader.commit.Commit;
import io.tailrace.loader.commit.CommitListener;
import io.tailrace.loader.commit.CommitLog;
import io.tailrace.loader.commit.Manifest;
import io.tailrace.loader.commit.Publication;
import io.tailrace.loader.commit.Publisher;
import io.tailrace.loader.commit.Staging;
import io.tailrace.loader.commit.TopicState;
import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.store.CommitConflictException;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.StagedFile;
import io.tailrace.loader.table.TableCatalog;
import io.tailrace.loader.task.ParquetSettings;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;

/**
 * One run for one topic: publish what earlier runs committed, merge the small files of hours, delete files that were removed some
 * time ago, and shorten the commit log.
 */
public final class CompactRun {
    /** Hours of one commit. Bounds the work that a crash wastes, and the size of a manifest. */
    private static final int HOURS_PER_COMMIT = 100;

    private final Settings settings;
    private final Dependencies dependencies;
    private final Layout layout;
    private final CommitLog commits;
    private final Publisher publisher;
    private final Housekeeping housekeeping;

    /**
     * How a topic is compacted.
     *
     * @param output the folder of all output
     * @param fileBytesTarget the size that files should have
     * @param parquet settings of the files
     * @param removedFilesGrace how long a removed file stays, for queries that run already
     */
    public record Settings(Path output, long fileBytesTarget, ParquetSettings parquet, Duration removedFilesGrace) {}

    /**
     * The services a run uses.
     *
     * @param store the file system of the output
     * @param catalog where tables are registered
     * @param abort stops the run if it loses its lock
     * @param listener notified of each step of a commit
     * @param clock decides whether a removed file may be deleted, and the time in the run's id
     */
    public record Dependencies(
            Store store, TableCatalog catalog, AbortCheck abort, CommitListener listener, InstantSource clock) {}

    public CompactRun(Settings settings, Dependencies dependencies, String topic) {
        this.settings = settings;
        this.dependencies = dependencies;
        this.layout = new Layout(settings.output(), topic);
        Store store = dependencies.store();
        this.commits = new CommitLog(store, layout);
        List<Publication> catalog = CatalogPublication.in(dependencies.catalog(), store, layout, dependencies.abort());
        this.publisher = new Publisher(store, layout, commits, catalog, dependencies.listener());
        this.housekeeping = new Housekeeping(store, layout, commits, catalog);
    }

    /**
     * Compacts the topic.
     *
     * @param selected the hours to merge
     * @throws CommitConflictException if this run lost its lock or was fenced; what it committed before counts
     * @throws IOException if a file cannot be read or written; what was committed before counts
     */
    public CompactResult run(Predicate<PathPartition> selected) throws IOException {
        Staging staging = new Staging(dependencies.store(), layout);
        staging.fence(commits, publisher.filesEnd());
        List<Publisher.Failure> failures = new ArrayList<>(publisher.publish());
        TopicState state = commits.state();
        List<MergePlan.HourFiles> hours = MergePlan.of(state, settings.fileBytesTarget(), selected);
        Optional<Manifest> last = state.newest();
        int removed = 0;
        int added = 0;
        for (int from = 0; from < hours.size(); from += HOURS_PER_COMMIT) {
            Optional<Manifest> manifest = merge(
                    hours.subList(from, Math.min(hours.size(), from + HOURS_PER_COMMIT)), staging, last.orElseThrow());
            if (manifest.isPresent()) {
                last = manifest;
                removed += manifest.get().removed().size();
                added += manifest.get().added().size();
                failures.addAll(publisher.publish());
            }
        }
        long deleted =
                housekeeping.run(dependencies.clock().millis(), settings.removedFilesGrace(), dependencies.abort());
        return new CompactResult(layout.topic(), hours.size(), removed, added, deleted, failures);
    }

    /**
     * Returns the hours with small files to merge.
     *
     * @throws IOException if the commits cannot be read
     */
    public Set<PathPartition> mergeable() throws IOException {
        return MergePlan.of(commits.state(), settings.fileBytesTarget(), hour -> true).stream()
                .map(MergePlan.HourFiles::pathPartition)
                .collect(Collectors.toSet());
    }

    /** The hours were chosen when {@code last} was the newest commit. If another run has committed since, this one fails. */
    private Optional<Manifest> merge(List<MergePlan.HourFiles> hours, Staging staging, Manifest last)
            throws IOException {
        long sequence = last.sequence() + 1;
        String runId = staging.begin(dependencies.clock().instant());
        HourMerge.Target target = new HourMerge.Target(
                dependencies.store(),
                layout,
                layout.staging(runId),
                sequence,
                settings.fileBytesTarget(),
                settings.parquet());
        List<StagedFile> added = new ArrayList<>();
        List<DataFile> removed = new ArrayList<>();
        for (MergePlan.HourFiles hour : hours) {
            List<StagedFile> merged = new HourMerge(hour, target, dependencies.abort()).run();
            if (!merged.isEmpty()) {
                added.addAll(merged);
                removed.addAll(hour.files());
            }
        }
        if (added.isEmpty()) {
            dependencies.store().delete(layout.staging(runId));
            return Optional.empty();
        }
        Manifest manifest = new Manifest(
                sequence, last.topic(), runId, last.schema(), last.unchangedPartitions(), List.of(), 0, added, removed);
        new Commit(commits, dependencies.listener()).commit(manifest, dependencies.abort());
        return Optional.of(manifest);
    }
}
