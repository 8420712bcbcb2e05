package io.tailrace.loader.compact;

import io.tailrace.loader.commit.CatalogPublication;
import io.tailrace.loader.commit.CommitLog;
import io.tailrace.loader.commit.FilesPublication;
import io.tailrace.loader.commit.Manifest;
import io.tailrace.loader.commit.Marks;
import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.Layout;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.Set;

/**
 * Deletes files that commits removed, once no query can still read them, and manifests that a checkpoint replaces. Used by one
 * thread.
 */
final class Housekeeping {
    /** Up to this commit, the files that commits removed are deleted. */
    private static final String DELETED = "deleted";

    /** The publications that readers of the tables depend on. One that is turned off has no mark. */
    private static final Set<String> SHOW_FILES = Set.of(FilesPublication.NAME, CatalogPublication.NAME);

    /** A checkpoint is written when this many commits have followed the last one. */
    private static final int COMMITS_PER_CHECKPOINT = 100;

    private final Store store;
    private final Layout layout;
    private final CommitLog commits;
    private final Marks marks;

    Housekeeping(Store store, Layout layout, CommitLog commits) {
        this.store = store;
        this.layout = layout;
        this.commits = commits;
        this.marks = new Marks(store, layout);
    }

    /**
     * Cleans up.
     *
     * @param grace how long a removed file stays after its commit
     * @return number of files that were deleted
     */
    long run(long nowMs, Duration grace, AbortCheck abort) throws IOException {
        long done = marks.sequence(DELETED);
        // Readers still use a file until the commit that replaces it is published to them.
        long published = marks.all().entrySet().stream()
                .filter(mark -> SHOW_FILES.contains(mark.getKey()))
                .mapToLong(mark -> mark.getValue())
                .min()
                .orElse(0);
        long deleted = 0;
        long last = done;
        for (Manifest commit : commits.after(done)) {
            if (commit.sequence() > published || nowMs - commits.committedMs(commit.sequence()) < grace.toMillis()) {
                break;
            }
            for (DataFile file : commit.removed()) {
                abort.throwIfAborted();
                store.deleteWithEmptyFolders(layout.file(file), layout.folder(file.table()));
                deleted++;
            }
            last = commit.sequence();
        }
        marks.advance(DELETED, last);
        shorten();
        return deleted;
    }

    /** Keeps the manifests that a publication still needs, and enough of the others to see what happened lately. */
    private void shorten() throws IOException {
        // A manifest is also needed until the files that it removes are deleted.
        long end = Math.min(Collections.min(marks.all().values()), marks.sequence(DELETED));
        if (end - commits.checkpoint() >= 2L * COMMITS_PER_CHECKPOINT) {
            commits.checkpoint(end - COMMITS_PER_CHECKPOINT);
        }
    }
}
