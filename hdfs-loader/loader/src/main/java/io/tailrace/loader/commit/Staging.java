package io.tailrace.loader.commit;

import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.Layout;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
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
     * Fences all other runs and deletes their files, except those of a committed run that is not finished.
     *
     * @return the newest manifest; no earlier run can commit after it
     */
    public Optional<Manifest> fence(CommitLog commits) throws IOException {
        String committed = commits.newest().map(Manifest::runId).orElse("");
        for (String name : store.names(layout.staging())) {
            if (!name.startsWith(FENCED) && !name.equals(committed)) {
                store.move(folder(name), folder(FENCED + name));
            }
        }
        // The run may have committed just before its folder was renamed, now or by a run that then crashed.
        Optional<Manifest> newest = commits.newest();
        if (newest.isPresent()) {
            Path fenced = folder(FENCED + newest.get().runId());
            if (store.exists(fenced)) {
                store.move(fenced, folder(newest.get().runId()));
            }
        }
        for (String name : store.names(layout.staging())) {
            if (name.startsWith(FENCED)) {
                store.delete(folder(name));
            }
        }
        return newest;
    }

    private Path folder(String name) {
        return new Path(layout.staging(), name);
    }
}
