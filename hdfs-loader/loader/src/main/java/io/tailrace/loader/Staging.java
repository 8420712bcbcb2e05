package io.tailrace.loader;

import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.fs.Path;

/**
 * The folders of runs that are not finished: of the one that runs, of dead ones, and of one that believes it runs but
 * has lost its lock.
 *
 * <p>A manifest is published out of its run's folder. So a folder that was renamed can no longer be committed from:
 * that is how a run shuts out all before it, whatever they believe.
 */
final class Staging {
    private static final String FENCED = "fenced-";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Store store;
    private final Layout layout;

    Staging(Store store, Layout layout) {
        this.store = store;
        this.layout = layout;
    }

    /** Makes the folder of a new run, and returns its name. */
    String begin(Instant now) throws IOException {
        String runId = TIME.format(now) + "-" + UUID.randomUUID().toString().substring(0, 8);
        store.makeFolder(layout.staging(runId));
        return runId;
    }

    /**
     * Shuts out every other run, and removes what it has written, except for a committed run's files that are not yet
     * in place.
     *
     * @return the newest manifest, which no run from before this call can follow any more
     */
    Optional<Manifest> fence(CommitLog commits) throws IOException {
        String committed = commits.newest().map(Manifest::runId).orElse("");
        for (String name : store.names(layout.staging())) {
            if (!name.startsWith(FENCED) && !name.equals(committed)) {
                store.move(folder(name), folder(FENCED + name));
            }
        }
        // A run may have committed before its folder was renamed, just now or before a crash of whoever renamed it.
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
