package io.tailrace.loader.commit;

import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.PublishedHour;
import io.tailrace.loader.table.TableCatalog;
import io.tailrace.loader.table.TableDefinition;
import io.tailrace.loader.table.TableKind;
import io.tailrace.loader.table.TableSchema;
import java.io.IOException;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import org.apache.hadoop.fs.Path;

/** Registers the tables, and the path partitions that commits changed, in a catalog such as Hive's metastore. */
public final class CatalogPublication implements Publication {
    /** The name of its mark. */
    public static final String NAME = "hive";

    private final TableCatalog catalog;
    private final Store store;
    private final Layout layout;
    private final AbortCheck abort;

    /** Returns the publication of one topic's tables, or none if there is no catalog: it has no mark then. */
    public static List<Publication> in(TableCatalog catalog, Store store, Layout layout, AbortCheck abort) {
        return catalog == TableCatalog.NONE
                ? List.of()
                : List.of(new CatalogPublication(catalog, store, layout, abort));
    }

    /** @param abort stops a run that lost its lock: it must not set a folder that a later run has replaced */
    private CatalogPublication(TableCatalog catalog, Store store, Layout layout, AbortCheck abort) {
        this.catalog = catalog;
        this.store = store;
        this.layout = layout;
        this.abort = abort;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean needsFiles() {
        return true;
    }

    @Override
    public void publish(List<Manifest> commits, TopicState state) throws IOException {
        Map<TableKind, Set<PathPartition>> changed = new EnumMap<>(TableKind.class);
        for (Manifest commit : commits) {
            commit.added().forEach(staged -> add(changed, staged.file()));
            commit.removed().forEach(file -> add(changed, file));
        }
        publish(state, (table, hour) -> changed.getOrDefault(table, Set.of()).contains(hour));
    }

    private static void add(Map<TableKind, Set<PathPartition>> changed, DataFile file) {
        changed.computeIfAbsent(file.table(), first -> new HashSet<>()).add(file.pathPartition());
    }

    @Override
    public void publishAll(TopicState state) throws IOException {
        publish(state, (table, hour) -> true);
    }

    private void publish(TopicState state, BiPredicate<TableKind, PathPartition> selected) throws IOException {
        if (state.newest().isEmpty()) {
            return;
        }
        try {
            TableSchema rows =
                    TableSchema.of(layout.topic(), state.newest().get().schema());
            for (TableKind table : TableKind.values()) {
                SortedMap<PathPartition, PublishedHour> hours = new TreeMap<>();
                for (Map.Entry<PathPartition, TopicState.Hour> hour :
                        state.hours(table).entrySet()) {
                    if (selected.test(table, hour.getKey())) {
                        hours.put(hour.getKey(), published(table, hour.getKey(), hour.getValue()));
                    }
                }
                abort.throwIfAborted();
                catalog.publish(TableDefinition.of(table, rows, layout, store), hours);
            }
        } catch (RuntimeException e) {
            throw new IOException("cannot register the tables of topic " + layout.topic() + ": " + e.getMessage(), e);
        }
    }

    private PublishedHour published(TableKind table, PathPartition pathPartition, TopicState.Hour hour)
            throws IOException {
        Path folder = layout.folder(table, pathPartition, hour.generation());
        List<DataFile> files = hour.files();
        if (files.isEmpty()) {
            // Not every reader accepts a path partition without a folder.
            store.makeFolder(folder);
        }
        return new PublishedHour(
                store.qualified(folder),
                files.size(),
                files.stream().mapToLong(DataFile::rows).sum(),
                files.stream().mapToLong(DataFile::bytes).sum());
    }
}
