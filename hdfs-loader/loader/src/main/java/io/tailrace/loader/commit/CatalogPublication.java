package io.tailrace.loader.commit;

import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.StagedFile;
import io.tailrace.loader.table.TableCatalog;
import io.tailrace.loader.table.TableDefinition;
import io.tailrace.loader.table.TableKind;
import io.tailrace.loader.table.TableSchema;
import java.io.IOException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/** Registers the tables, and the path partitions that commits changed, in a catalog such as Hive's metastore. */
public final class CatalogPublication implements Publication {
    /** The name of its mark. */
    public static final String NAME = "hive";

    private final TableCatalog catalog;
    private final Store store;
    private final Layout layout;

    /** Returns the publication of one topic's tables, or none if there is no catalog: it has no mark then. */
    public static List<Publication> in(TableCatalog catalog, Store store, Layout layout) {
        return catalog == TableCatalog.NONE ? List.of() : List.of(new CatalogPublication(catalog, store, layout));
    }

    /** Creates the publication of one topic's tables. */
    public CatalogPublication(TableCatalog catalog, Store store, Layout layout) {
        this.catalog = catalog;
        this.store = store;
        this.layout = layout;
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
    public void publish(List<Manifest> commits) throws IOException {
        Map<TableKind, SortedMap<PathPartition, Path>> locations = new EnumMap<>(TableKind.class);
        for (Manifest commit : commits) {
            // A later commit overrides an earlier one: its generation is the same or follows.
            for (DataFile file : emptied(commit)) {
                // Not every reader accepts a path partition without a folder.
                store.makeFolder(layout.file(file).getParent());
                put(locations, file);
            }
            for (StagedFile staged : commit.added()) {
                put(locations, staged.file());
            }
        }
        publish(locations, commits.get(commits.size() - 1));
    }

    @Override
    public void publishAll(TopicState state) throws IOException {
        Map<TableKind, SortedMap<PathPartition, Path>> locations = new EnumMap<>(TableKind.class);
        for (TableKind table : TableKind.values()) {
            SortedMap<PathPartition, Path> folders = new TreeMap<>();
            for (Map.Entry<PathPartition, TopicState.Hour> hour :
                    state.hours(table).entrySet()) {
                Path folder =
                        layout.folder(table, hour.getKey(), hour.getValue().generation());
                if (hour.getValue().files().isEmpty()) {
                    store.makeFolder(folder);
                }
                folders.put(hour.getKey(), store.qualified(folder));
            }
            locations.put(table, folders);
        }
        if (state.newest().isPresent()) {
            publish(locations, state.newest().get());
        }
    }

    /** For each path partition of which the commit removes all files and adds none: a file where files to come belong. */
    private static Collection<DataFile> emptied(Manifest commit) {
        Map<Map.Entry<TableKind, PathPartition>, DataFile> emptied = new HashMap<>();
        for (DataFile removed : commit.removed()) {
            emptied.put(hour(removed), removed.inGeneration(commit.sequence()));
        }
        commit.added().forEach(staged -> emptied.remove(hour(staged.file())));
        return emptied.values();
    }

    private static Map.Entry<TableKind, PathPartition> hour(DataFile file) {
        return Map.entry(file.table(), file.pathPartition());
    }

    private void put(Map<TableKind, SortedMap<PathPartition, Path>> locations, DataFile file) {
        locations
                .computeIfAbsent(file.table(), first -> new TreeMap<>())
                .put(file.pathPartition(), store.qualified(layout.file(file).getParent()));
    }

    private void publish(Map<TableKind, SortedMap<PathPartition, Path>> locations, Manifest newest) throws IOException {
        try {
            TableSchema rows = TableSchema.of(layout.topic(), newest.schema());
            for (TableKind table : TableKind.values()) {
                catalog.publish(
                        TableDefinition.of(table, rows, layout, store), locations.getOrDefault(table, new TreeMap<>()));
            }
        } catch (RuntimeException e) {
            throw new IOException("cannot register the tables of topic " + layout.topic() + ": " + e.getMessage(), e);
        }
    }
}
