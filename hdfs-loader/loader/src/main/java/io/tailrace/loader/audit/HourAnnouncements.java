package io.tailrace.loader.audit;

import io.tailrace.loader.commit.Manifest;
import io.tailrace.loader.commit.TopicState;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.TableDefinition;
import io.tailrace.loader.table.TableKind;
import io.tailrace.loader.table.TableSchema;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/**
 * Says in three places whether hours are complete: a file in the hour's folder, a parameter of Hive's path partition, and a record.
 * Idempotent. Used by one thread.
 */
final class HourAnnouncements {
    /** The parameter of a complete hour. */
    static final String PARAMETER = "tailrace.complete";

    private final Layout layout;
    private final Completeness.Dependencies dependencies;
    private final TopicState state;

    /** @param state the commits, which say whether there is a table */
    HourAnnouncements(Layout layout, Completeness.Dependencies dependencies, TopicState state) {
        this.layout = layout;
        this.dependencies = dependencies;
        this.state = state;
    }

    /** Announces verdicts. The record is last, so that the file and the parameter are there when it arrives. */
    void announce(List<HourVerdict> verdicts) throws IOException {
        SortedMap<PathPartition, Optional<String>> parameters = new TreeMap<>();
        for (HourVerdict verdict : verdicts) {
            dependencies.abort().throwIfAborted();
            mark(verdict);
            parameters.put(verdict.hour(), verdict.isComplete() ? Optional.of("true") : Optional.empty());
        }
        dependencies.abort().throwIfAborted();
        if (state.newest().isPresent()) {
            dependencies.catalog().setParameter(table(state.newest().get()), PARAMETER, parameters);
        }
        dependencies.abort().throwIfAborted();
        dependencies.announcer().announce(layout.topic(), verdicts);
    }

    private TableDefinition table(Manifest newest) throws IOException {
        return TableDefinition.of(
                TableKind.ROWS,
                TableSchema.of(layout.topic(), newest.schema()),
                layout,
                dependencies.audit().store());
    }

    private void mark(HourVerdict verdict) throws IOException {
        Store store = dependencies.audit().store();
        Path mark = layout.complete(verdict.hour());
        if (!verdict.isComplete()) {
            store.delete(mark);
            return;
        }
        Path temporary = mark.suffix(".tmp");
        store.makeFolder(mark.getParent());
        store.delete(temporary);
        store.write(temporary, HourVerdictFormat.announcement(layout.topic(), verdict));
        store.delete(mark);
        store.move(temporary, mark);
    }
}
