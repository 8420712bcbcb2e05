package io.tailrace.loader;

import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.avro.Schema;
import org.apache.hadoop.fs.Path;

/**
 * The steps that make a run count, in order: stage the manifest, publish it, then what {@link #finish} redoes after a
 * crash. Before the manifest is published nothing of the run counts, afterwards all of it does.
 */
final class Commit {
    private final Store store;
    private final Layout layout;
    private final CommitLog log;
    private final TableCatalog catalog;
    private final GroupOffsets offsets;
    private final StepObserver observer;

    Commit(
            Store store,
            Layout layout,
            CommitLog log,
            TableCatalog catalog,
            GroupOffsets offsets,
            StepObserver observer) {
        this.store = store;
        this.layout = layout;
        this.log = log;
        this.catalog = catalog;
        this.offsets = offsets;
        this.observer = observer;
    }

    /**
     * Commits a run whose files are whole.
     *
     * @param guard asked right before the commit point whether this run still may
     * @throws CommitConflictException when it may not: nothing of the run counts
     */
    void commit(Manifest manifest, RunGuard guard) throws IOException {
        observer.reached(CommitStep.FILES_STAGED);
        log.stage(manifest);
        observer.reached(CommitStep.MANIFEST_STAGED);
        guard.check();
        log.publish(manifest);
        observer.reached(CommitStep.MANIFEST_PUBLISHED);
        finish(manifest);
    }

    /** Does what is left to do for a published manifest; nothing, where its staging folder is gone. */
    void finish(Manifest manifest) throws IOException {
        Path staging = layout.staging(manifest.runId());
        if (!store.exists(staging)) {
            return;
        }
        for (Manifest.File file : manifest.files()) {
            publish(file, staging);
            observer.reached(CommitStep.FILE_PUBLISHED);
        }
        updateCatalog(manifest);
        observer.reached(CommitStep.CATALOG_UPDATED);
        Map<TopicPartition, Long> ends = new HashMap<>();
        manifest.endOffsets()
                .forEach((partition, end) -> ends.put(new TopicPartition(manifest.topic(), partition), end));
        offsets.commit(ends);
        observer.reached(CommitStep.OFFSETS_COMMITTED);
        store.delete(staging);
        observer.reached(CommitStep.FINISHED);
    }

    private void publish(Manifest.File file, Path staging) throws IOException {
        Path staged = new Path(staging, file.staged());
        Path folder = new Path(layout.folder(file.table()), file.pathPartition());
        Path target = new Path(folder, file.name());
        if (store.exists(staged)) {
            store.makeFolder(folder);
            store.move(staged, target);
        } else if (!store.exists(target)) {
            throw new IOException("file " + target + " of a commit is neither in place nor in " + staging
                    + ". If it was removed on purpose, delete that folder to go on");
        }
    }

    private void updateCatalog(Manifest manifest) throws IOException {
        Schema rows = RowShape.rowSchema(manifest.schema());
        for (Layout.Table table : Layout.Table.values()) {
            Set<PathPartition> partitions = new TreeSet<>();
            for (Manifest.File file : manifest.files()) {
                if (file.table() == table) {
                    partitions.add(PathPartition.parse(file.pathPartition()));
                }
            }
            catalog.publish(TableCatalog.table(layout, table, rows, store), partitions);
        }
    }
}
