package io.tailrace.loader.commit;

import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.Layout;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;

/**
 * The staging folders of unfinished runs: the current one, crashed ones, and those that lost their lock without
 * noticing.
 *
 * <p>A run publishes its manifest by moving it out of its staging folder. Renaming the folder therefore fences the run:
 * it can no longer commit.
 */
public final class Staging {
    private static final String FENCED = "fenced-";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Store store;
    private final Layout layout;

    public Staging(Store store, Layout layout) {
        this.store = store;
        this.layout = layout;
    }

    /** Creates the folder of a new run and returns its name. */
    public String begin(Instant now) throws IOException {
        String runId = TIME.format(now) + "-" + UUID.randomUUID().toString().substring(0, 8);
        store.makeFolder(layout.staging(runId));
        return runId;
    }

    /**
     * Fences all other runs and deletes their files, except those of committed runs whose files are not in their tables yet.
     * No earlier run can commit afterwards.
     *
     * @param filesEnd number of the last commit whose files are in their tables
     */
    public void fence(CommitLog commits, long filesEnd) throws IOException {
        Set<String> committed = runs(commits, filesEnd);
        for (String name : store.names(layout.staging())) {
            if (!name.startsWith(FENCED) && !committed.contains(name)) {
                store.move(folder(name), folder(FENCED + name));
            }
        }
        // A run may have committed just before its folder was renamed, now or by a run that then crashed.
        for (String run : runs(commits, filesEnd)) {
            Path fenced = folder(FENCED + run);
            if (store.exists(fenced)) {
                store.move(fenced, folder(run));
            }
        }
        for (String name : store.names(layout.staging())) {
            if (name.startsWith(FENCED)) {
                store.delete(folder(name));
            }
        }
    }

    private static Set<String> runs(CommitLog commits, long filesEnd) throws IOException {
        return commits.after(filesEnd).stream().map(Manifest::runId).collect(Collectors.toSet());
    }

    private Path folder(String name) {
        return new Path(layout.staging(), name);
    }
}
