package io.tailrace.loader.run;

import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.CatalogUnavailableException;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.TableCatalog;
import io.tailrace.loader.table.TableDefinition;
import io.tailrace.loader.table.TableKind;
import io.tailrace.loader.table.TableSchema;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks before a commit that the catalog will take its tables. */
public final class TableCheck {
    private static final Logger log = LoggerFactory.getLogger(TableCheck.class);

    private TableCheck() {}

    /**
     * Checks a topic's tables. A catalog that is away says nothing about them; registering them is repeated until it is back.
     *
     * @throws IOException if the catalog refuses a table; the message says why
     */
    public static void check(TableCatalog catalog, Layout layout, Store store, TableSchema rows) throws IOException {
        try {
            for (TableKind table : TableKind.values()) {
                catalog.check(TableDefinition.of(table, rows, layout, store));
            }
        } catch (CatalogUnavailableException e) {
            log.warn("loading without a check of the tables: topic {}: {}", layout.topic(), e.getMessage());
        }
    }
}
