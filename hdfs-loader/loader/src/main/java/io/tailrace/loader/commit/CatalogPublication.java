package io.tailrace.loader.commit;

import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.RowMapper;
import io.tailrace.loader.table.StagedFile;
import io.tailrace.loader.table.TableCatalog;
import io.tailrace.loader.table.TableDefinition;
import io.tailrace.loader.table.TableKind;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.hadoop.fs.Path;

/** Registers the tables, and the path partitions that commits changed, in a catalog such as Hive's metastore. */
public final class CatalogPublication implements Publication {
    private final TableCatalog catalog;
    private final Store store;
    private final Layout layout;

    /** Creates the publication of one topic's tables. */
    public CatalogPublication(TableCatalog catalog, Store store, Layout layout) {
        this.catalog = catalog;
        this.store = store;
        this.layout = layout;
    }

    @Override
    public String name() {
        return "hive";
    }

    @Override
    public boolean needsFiles() {
        return true;
    }

    @Override
    public void publish(List<Manifest> commits) throws IOException {
        Schema rows = RowMapper.rowSchema(commits.get(commits.size() - 1).schema());
        for (TableKind table : TableKind.values()) {
            SortedMap<PathPartition, Path> locations = new TreeMap<>();
            for (Manifest commit : commits) {
                for (StagedFile staged : commit.added()) {
                    DataFile file = staged.file();
                    if (file.table() == table) {
                        // A later commit overrides an earlier one: its generation is the same or follows.
                        locations.put(
                                file.pathPartition(),
                                store.qualified(layout.file(file).getParent()));
                    }
                }
            }
            catalog.publish(TableDefinition.of(table, rows, layout, store), locations);
        }
    }
}
