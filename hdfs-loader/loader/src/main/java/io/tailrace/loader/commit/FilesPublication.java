package io.tailrace.loader.commit;

import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.StagedFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.Path;

/**
 * Moves the files of commits from the staging folders to their tables. A staging folder is deleted once all of its files are
 * moved, so a commit without one is complete.
 */
public final class FilesPublication implements Publication {
    /** The name of its mark. */
    public static final String NAME = "files";

    /** Files that are moved at once: most of the time is spent waiting for the NameNode. */
    private static final int THREADS = 16;

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
                moveAll(commit, staging);
                store.delete(staging);
            }
        }
    }

    /** Several at once: with thousands of path partitions, waiting for each file would take longer than the load. */
    private void moveAll(Manifest commit, Path staging) throws IOException {
        Set<String> staged = Set.copyOf(store.names(staging));
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        List<Future<?>> moves = new ArrayList<>();
        try {
            for (StagedFile file : commit.added()) {
                boolean isStaged = staged.contains(file.staged());
                moves.add(threads.submit(() -> {
                    move(isStaged, new Path(staging, file.staged()), file.file());
                    return null;
                }));
            }
            for (Future<?> move : moves) {
                await(move);
                listener.reached(CommitStep.FILE_MOVED);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while files were moved from " + staging, e);
        } finally {
            end(threads, moves);
        }
    }

    private static void await(Future<?> move) throws IOException, InterruptedException {
        try {
            move.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        }
    }

    /** Returns when no file is moved any more. */
    private static void end(ExecutorService threads, List<Future<?>> moves) {
        moves.forEach(move -> move.cancel(false));
        threads.shutdown();
        boolean isInterrupted = Thread.interrupted();
        while (!threads.isTerminated()) {
            try {
                threads.awaitTermination(1, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void publishAll(TopicState state) {
        throw new IllegalStateException("commits whose files are not in their tables stay in the commit log");
    }

    private void move(boolean isStaged, Path staged, DataFile file) throws IOException {
        Path target = layout.file(file);
        if (isStaged) {
            store.makeFolder(target.getParent());
            try {
                store.move(staged, target);
            } catch (IOException e) {
                // Another run may have moved it since the folder was listed.
                if (store.exists(staged) || !store.exists(target)) {
                    throw e;
                }
            }
        } else if (!store.exists(target)) {
            throw new IOException("committed file is missing: expected " + target + " or " + staged
                    + ". Restore it, or delete " + staged.getParent() + " to continue without its rows");
        }
    }
}
