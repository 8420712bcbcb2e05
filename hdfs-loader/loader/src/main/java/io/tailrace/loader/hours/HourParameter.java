package io.tailrace.loader.hours;

import io.tailrace.loader.commit.TopicState;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.TableCatalog;
import io.tailrace.loader.table.TableDefinition;
import io.tailrace.loader.table.TableKind;
import io.tailrace.loader.table.TableSchema;
import java.io.IOException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The parameter that complete hours have in the catalog. Idempotent. */
public final class HourParameter {
    static final String NAME = "tailrace.complete";

    private final TableCatalog catalog;
    private final Store store;
    private final Layout layout;

    public HourParameter(TableCatalog catalog, Store store, Layout layout) {
        this.catalog = catalog;
        this.store = store;
        this.layout = layout;
    }

    /**
     * Sets or removes the parameter of hours.
     *
     * @param state what is committed; before the first commit there is no table
     * @param complete the hours, and whether they are complete
     */
    void set(TopicState state, SortedMap<PathPartition, Boolean> complete) throws IOException {
        if (state.newest().isEmpty()) {
            return;
        }
        TableSchema schema = TableSchema.of(layout.topic(), state.newest().get().schema());
        SortedMap<PathPartition, Optional<String>> values = new TreeMap<>();
        complete.forEach((hour, isComplete) -> values.put(hour, isComplete ? Optional.of("true") : Optional.empty()));
        catalog.setParameter(TableDefinition.of(TableKind.ROWS, schema, layout, store), NAME, values);
    }

    /** Sets the parameter of all hours that are marked as complete, for a catalog that did not have it. */
    public void setAll(TopicState state) throws IOException {
        SortedMap<PathPartition, Boolean> complete = new TreeMap<>();
        for (PathPartition hour : new HourVerdicts(store, layout)
                .complete(state.hours(TableKind.ROWS).keySet())) {
            complete.put(hour, true);
        }
        if (!complete.isEmpty()) {
            set(state, complete);
        }
    }
}
