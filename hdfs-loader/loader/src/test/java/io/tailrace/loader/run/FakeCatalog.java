package io.tailrace.loader.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.TableCatalog;
import io.tailrace.loader.table.TableDefinition;
import io.tailrace.loader.table.TableKind;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.hadoop.fs.Path;

/** What a query engine would read: all files in the folders of the path partitions. */
final class FakeCatalog implements TableCatalog {
    private final Map<String, Map<PathPartition, Path>> locations = new HashMap<>();

    @Override
    public void check(TableDefinition table) {}

    @Override
    public void publish(TableDefinition table, SortedMap<PathPartition, Path> changed) {
        locations.computeIfAbsent(table.name(), name -> new HashMap<>()).putAll(changed);
    }

    @Override
    public void close() {}

    /** Every live file is where the catalog looks, and no other file. */
    void assertReadsTheLiveFiles(TestLoader loader) throws IOException {
        for (TableKind table : TableKind.values()) {
            Map<PathPartition, Path> folders =
                    locations.getOrDefault(loader.layout().tableName(table), Map.of());
            List<Path> read = loader.files(table).stream()
                    .filter(file -> folders.containsValue(loader.store.qualified(file.getParent())))
                    .map(loader.store::qualified)
                    .toList();
            assertThat(read)
                    .containsExactlyInAnyOrderElementsOf(loader.liveFiles(table).stream()
                            .map(loader.store::qualified)
                            .toList());
            for (Path folder : folders.values()) {
                assertThat(loader.store.exists(folder)).isTrue();
            }
        }
    }
}
