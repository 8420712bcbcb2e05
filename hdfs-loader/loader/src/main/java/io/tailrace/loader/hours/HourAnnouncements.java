package io.tailrace.loader.hours;

import io.tailrace.loader.commit.TopicState;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.PathPartition;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/**
 * Shows in three places whether hours are complete: a file in the hour's folder, a parameter of Hive's path partition, and a record.
 * Idempotent. Used by one thread.
 */
final class HourAnnouncements {
    private final Layout layout;
    private final Completeness.Dependencies dependencies;
    private final TopicState state;

    /** @param state what is committed; before the first commit there is no table */
    HourAnnouncements(Layout layout, Completeness.Dependencies dependencies, TopicState state) {
        this.layout = layout;
        this.dependencies = dependencies;
        this.state = state;
    }

    /** Announces verdicts. The record is last, so that the file and the parameter are there when it arrives. */
    void announce(List<HourVerdict> verdicts) throws IOException {
        SortedMap<PathPartition, Boolean> complete = new TreeMap<>();
        for (HourVerdict verdict : verdicts) {
            dependencies.abort().throwIfAborted();
            mark(verdict);
            complete.put(verdict.hour(), verdict.isComplete());
        }
        dependencies.abort().throwIfAborted();
        new HourParameter(dependencies.catalog(), dependencies.audit().store(), layout).set(state, complete);
        dependencies.abort().throwIfAborted();
        dependencies.announcer().announce(layout.topic(), verdicts);
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
