package io.tailrace.loader.commit;

import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.StagedFile;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.Path;

/**
 * Moves the files of commits from the staging folders to their tables. A staging folder is deleted once all of its files are
 * moved, so a commit without one is complete.
 */
public final class FilesPublication implements Publication {
    /** The name of its mark. */
    public static final String NAME = "files";

    private final Store store;
    private final Layout layout;
    private final CommitListener listener;

    FilesPublication(Store store, Layout layout, CommitListener listener) {
        this.store = store;
        this.layout = layout;
        this.listener = listener;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean needsFiles() {
        return false;
    }

    @Override
    public void publish(List<Manifest> commits, TopicState state) throws IOException {
        for (Manifest commit : commits) {
            Path staging = layout.staging(commit.runId());
            if (store.exists(staging)) {
                for (StagedFile file : commit.added()) {
                    move(new Path(staging, file.staged()), file.file());
                    listener.reached(CommitStep.FILE_MOVED);
                }
                store.delete(staging);
            }
        }
    }

    @Override
    public void publishAll(TopicState state) {
        throw new IllegalStateException("commits whose files are not in their tables stay in the commit log");
    }

    private void move(Path staged, DataFile file) throws IOException {
        Path target = layout.file(file);
        if (store.exists(staged)) {
            store.makeFolder(target.getParent());
            store.move(staged, target);
        } else if (!store.exists(target)) {
            throw new IOException("committed file is missing: expected " + target + " or " + staged
                    + ". Restore it, or delete " + staged.getParent() + " to continue without its rows");
        }
    }
}
