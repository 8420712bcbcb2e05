package io.tailrace.loader.commit;

import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.store.CommitConflictException;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.RowMapper;
import io.tailrace.loader.table.TableCatalog;
import io.tailrace.loader.table.TableDefinition;
import io.tailrace.loader.table.TableKind;
import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.avro.Schema;
import org.apache.hadoop.fs.Path;

/**
 * The steps that commit a run, in order: stage the manifest, publish it, then {@link #finish}, which the next run
 * repeats after a crash. The run is committed by the publication of its manifest and by nothing else.
 */
public final class Commit {
    private final Store store;
    private final Layout layout;
    private final CommitLog log;
    private final TableCatalog catalog;
    private final OffsetCommitter offsets;
    private final CommitListener listener;

    public Commit(
            Store store,
            Layout layout,
            CommitLog log,
            TableCatalog catalog,
            OffsetCommitter offsets,
            CommitListener listener) {
        this.store = store;
        this.layout = layout;
        this.log = log;
        this.catalog = catalog;
        this.offsets = offsets;
        this.listener = listener;
    }

    /**
     * Commits a run whose data files are complete.
     *
     * @param abort checked immediately before the commit point
     * @throws CommitConflictException if this run lost its lock or was fenced; nothing of it is committed
     */
    public void commit(Manifest manifest, AbortCheck abort) throws IOException {
        listener.reached(CommitStep.FILES_STAGED);
        log.stage(manifest);
        listener.reached(CommitStep.MANIFEST_STAGED);
        abort.throwIfAborted();
        log.publish(manifest);
        listener.reached(CommitStep.MANIFEST_PUBLISHED);
        finish(manifest);
    }

    /** Completes the steps after the commit point. Does nothing if the run's staging folder is gone: it is finished. */
    public void finish(Manifest manifest) throws IOException {
        Path staging = layout.staging(manifest.runId());
        if (!store.exists(staging)) {
            return;
        }
        for (Manifest.DataFile file : manifest.files()) {
            publish(file, staging);
            listener.reached(CommitStep.FILE_PUBLISHED);
        }
        updateCatalog(manifest);
        listener.reached(CommitStep.CATALOG_UPDATED);
        commitOffsets(manifest.topic(), manifest.endOffsets());
        listener.reached(CommitStep.OFFSETS_COMMITTED);
        store.delete(staging);
        listener.reached(CommitStep.FINISHED);
    }

    /** Commits the group's offsets to the brokers: end offsets, exclusive, by partition. */
    public void commitOffsets(String topic, Map<Integer, Long> endOffsets) {
        Map<TopicPartition, Long> ends = new HashMap<>();
        endOffsets.forEach((partition, end) -> ends.put(new TopicPartition(topic, partition), end));
        offsets.commit(ends);
    }

    private void publish(Manifest.DataFile file, Path staging) throws IOException {
        Path staged = new Path(staging, file.staged());
        Path folder = new Path(layout.folder(file.table()), file.pathPartition().path());
        Path target = new Path(folder, file.name());
        if (store.exists(staged)) {
            store.makeFolder(folder);
            store.move(staged, target);
        } else if (!store.exists(target)) {
            throw new IOException("committed file is missing: expected " + target + " or " + staged
                    + ". Restore it, or delete " + staging + " to continue without its rows");
        }
    }

    private void updateCatalog(Manifest manifest) throws IOException {
        Schema rows = RowMapper.rowSchema(manifest.schema());
        for (TableKind table : TableKind.values()) {
            Set<PathPartition> partitions = new TreeSet<>();
            for (Manifest.DataFile file : manifest.files()) {
                if (file.table() == table) {
                    partitions.add(file.pathPartition());
                }
            }
            catalog.publish(TableDefinition.of(table, rows, layout, store), partitions);
        }
    }
}
