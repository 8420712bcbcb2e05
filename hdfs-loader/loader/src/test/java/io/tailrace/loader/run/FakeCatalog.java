package io.tailrace.loader.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.loader.table.CatalogUnavailableException;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.PublishedHour;
import io.tailrace.loader.table.TableCatalog;
import io.tailrace.loader.table.TableDefinition;
import io.tailrace.loader.table.TableKind;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;

/** What a query engine would read: all files in the folders of the path partitions. */
final class FakeCatalog implements TableCatalog {
    private final Map<String, Map<PathPartition, PublishedHour>> hours = new HashMap<>();
    private boolean isAway;

    FakeCatalog away(boolean away) {
        isAway = away;
        return this;
    }

    /** Forgets all tables, as a metastore whose database was lost. */
    void clear() {
        hours.clear();
    }

    @Override
    public void check(TableDefinition table) throws IOException {
        answer();
    }

    private void answer() throws IOException {
        if (isAway) {
            throw new CatalogUnavailableException("metastore thrift://away:9083 did not answer");
        }
    }

    @Override
    public void publish(TableDefinition table, SortedMap<PathPartition, PublishedHour> changed) throws IOException {
        answer();
        hours.computeIfAbsent(table.name(), name -> new HashMap<>()).putAll(changed);
    }

    /** What the catalog knows of the path partitions of a table. */
    SortedMap<PathPartition, PublishedHour> hours(String tableName) {
        return new TreeMap<>(hours.getOrDefault(tableName, Map.of()));
    }

    @Override
    public void close() {}

    /** Every live file is where the catalog looks, and no other file. */
    void assertReadsTheLiveFiles(TestLoader loader) throws IOException {
        for (TableKind table : TableKind.values()) {
            Map<PathPartition, PublishedHour> shown =
                    hours.getOrDefault(loader.layout().tableName(table), Map.of());
            Set<Path> folders =
                    shown.values().stream().map(PublishedHour::folder).collect(Collectors.toSet());
            List<Path> read = loader.files(table).stream()
                    .filter(file -> folders.contains(loader.store.qualified(file.getParent())))
                    .map(loader.store::qualified)
                    .toList();
            assertThat(read)
                    .containsExactlyInAnyOrderElementsOf(loader.liveFiles(table).stream()
                            .map(loader.store::qualified)
                            .toList());
            for (Path folder : folders) {
                assertThat(loader.store.exists(folder)).isTrue();
            }
            assertThat(shown.values().stream().mapToLong(PublishedHour::rows).sum())
                    .isEqualTo(loader.liveRows(table).size());
            assertThat(shown.values().stream().mapToLong(PublishedHour::files).sum())
                    .isEqualTo(read.size());
        }
    }
}
