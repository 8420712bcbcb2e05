package io.tailrace.loader.compact;

import io.tailrace.loader.commit.CatalogPublication;
import io.tailrace.loader.commit.CommitLog;
import io.tailrace.loader.commit.FilesPublication;
import io.tailrace.loader.commit.Manifest;
import io.tailrace.loader.commit.Marks;
import io.tailrace.loader.commit.Publication;
import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.Layout;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Deletes files that commits removed, once no query can still read them, and manifests that a checkpoint replaces. Used by one
 * thread.
 */
final class Housekeeping {
    /** Up to this commit, the files that commits removed are deleted. */
    private static final String DELETED = "deleted";

    /** The publications that readers of the tables depend on. */
    private static final Set<String> SHOW_FILES = Set.of(FilesPublication.NAME, CatalogPublication.NAME);

    /** A checkpoint is written when this many commits have followed the last one. */
    private static final int COMMITS_PER_CHECKPOINT = 100;

    private final Store store;
    private final Layout layout;
    private final CommitLog commits;
    private final List<Publication> catalog;
    private final Marks marks;

    /** @param catalog registers the tables in a catalog; empty without a catalog, and the mark of a former one is then ignored */
    Housekeeping(Store store, Layout layout, CommitLog commits, List<Publication> catalog) {
        this.store = store;
        this.layout = layout;
        this.commits = commits;
        this.catalog = List.copyOf(catalog);
        this.marks = new Marks(store, layout);
    }

    /**
     * Cleans up.
     *
     * @param grace how long a removed file stays after its commit
     * @return number of files that were deleted
     * @throws IOException if the catalog cannot be reached, or a file cannot be deleted; the next run repeats all of it
     */
    long run(long nowMs, Duration grace, AbortCheck abort) throws IOException {
        long done = marks.sequence(DELETED);
        // Readers still use a file until the commit that replaces it is published to them.
        long published = publications().entrySet().stream()
                .filter(mark -> SHOW_FILES.contains(mark.getKey()))
                .mapToLong(mark -> mark.getValue())
                .min()
                .orElse(0);
        List<Manifest> expired = new ArrayList<>();
        for (Manifest commit : commits.after(done)) {
            if (commit.sequence() > published || nowMs - commits.committedMs(commit.sequence()) < grace.toMillis()) {
                break;
            }
            expired.add(commit);
        }
        long deleted = delete(expired, abort);
        if (!expired.isEmpty()) {
            marks.advance(DELETED, expired.get(expired.size() - 1).sequence());
        }
        shorten();
        return deleted;
    }

    private long delete(List<Manifest> expired, AbortCheck abort) throws IOException {
        List<Manifest> removing =
                expired.stream().filter(commit -> !commit.removed().isEmpty()).toList();
        if (removing.isEmpty()) {
            return 0;
        }
        // A run that lost its lock without noticing may have set the folder of one of these files again.
        for (Publication publication : catalog) {
            publication.publish(removing, commits.state());
        }
        long deleted = 0;
        for (Manifest commit : removing) {
            for (DataFile file : commit.removed()) {
                abort.throwIfAborted();
                store.deleteWithEmptyFolders(layout.file(file), layout.folder(file.table()));
                deleted++;
            }
        }
        return deleted;
    }

    private SortedMap<String, Long> publications() throws IOException {
        SortedMap<String, Long> all = new TreeMap<>(marks.all());
        if (catalog.isEmpty()) {
            all.remove(CatalogPublication.NAME);
        }
        return all;
    }

    /** Keeps the manifests that a publication still needs, and enough of the others to see what happened lately. */
    private void shorten() throws IOException {
        // A manifest is also needed until the files that it removes are deleted.
        long end = marks.sequence(DELETED);
        for (long published : publications().values()) {
            end = Math.min(end, published);
        }
        if (end - commits.checkpoint() >= 2L * COMMITS_PER_CHECKPOINT) {
            commits.checkpoint(end - COMMITS_PER_CHECKPOINT);
        }
    }
}
