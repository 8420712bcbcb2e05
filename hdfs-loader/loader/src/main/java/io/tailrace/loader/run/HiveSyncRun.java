package io.tailrace.loader.run;

import io.tailrace.loader.commit.CatalogPublication;
import io.tailrace.loader.commit.CommitLog;
import io.tailrace.loader.commit.Publication;
import io.tailrace.loader.commit.Publisher;
import io.tailrace.loader.commit.TopicState;
import io.tailrace.loader.hours.HourParameter;
import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.TableCatalog;
import io.tailrace.loader.table.TableKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;

/**
 * Registers a topic's tables and all of their hours, whatever was registered before: the catalog is new, or has lost some of them.
 * The caller holds the loader's lock.
 */
public final class HiveSyncRun {
    private final CommitLog commits;
    private final Publisher files;
    private final List<Publication> catalogs;
    private final HourParameter completeHours;
    private final AbortCheck abort;
    private final Layout layout;

    public HiveSyncRun(Store store, TableCatalog catalog, Path output, String topic, AbortCheck abort) {
        this.layout = new Layout(output, topic);
        this.commits = new CommitLog(store, layout);
        this.files = new Publisher(store, layout, commits, List.of(), step -> {});
        this.completeHours = new HourParameter(catalog, store, layout);
        this.abort = abort;
        this.catalogs = CatalogPublication.in(catalog, store, layout, abort);
    }

    /**
     * What is registered.
     *
     * @param topic the topic
     * @param hours path partitions of its table, {@code errorHours} those of its error table
     * @param rows rows in its table
     */
    public record Result(String topic, int hours, long rows, int errorHours) {}

    /** Returns the topics that have commits below an output folder, in order. */
    public static List<String> topics(Store store, Path output) throws IOException {
        List<String> topics = new ArrayList<>();
        for (String name : store.names(Layout.topics(output))) {
            if (!store.names(new Layout(output, name).commits()).isEmpty()) {
                topics.add(name);
            }
        }
        return topics;
    }

    /**
     * Registers the topic's tables.
     *
     * @throws IOException if a part could not be registered, or the files of a commit are not in their tables
     */
    public Result run() throws IOException {
        for (Publisher.Failure failure : files.publish()) {
            throw failure.cause();
        }
        TopicState state = commits.state();
        if (state.newest().isEmpty()) {
            throw new IOException("nothing of topic " + layout.topic() + " is loaded, expected commits in "
                    + layout.commits() + ". Check --topic and output.path");
        }
        for (Publication catalog : catalogs) {
            catalog.publishAll(state);
        }
        abort.throwIfAborted();
        completeHours.setAll(state);
        long rows = state.files().stream()
                .filter(file -> file.table() == TableKind.ROWS)
                .mapToLong(DataFile::rows)
                .sum();
        return new Result(
                layout.topic(),
                state.hours(TableKind.ROWS).size(),
                rows,
                state.hours(TableKind.ERRORS).size());
    }
}
