package io.tailrace.loader.store;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FSDataOutputStream;

/**
 * Forces files to disk while others are written. A disk takes hardly longer for several files at once than for one, and HDFS
 * needs several round trips for each. If {@link #THREADS_MAX} files are waiting, the next one is forced by the caller.
 *
 * <p>Used by one thread.
 */
public final class BackgroundSync implements FileSync, AutoCloseable {
    private static final int THREADS_MAX = 8;
    private static final long IDLE_SECONDS = 1;

    private final ExecutorService threads = new ThreadPoolExecutor(
            0,
            THREADS_MAX,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            BackgroundSync::daemon,
            new ThreadPoolExecutor.CallerRunsPolicy());

    private final Deque<Future<?>> pending = new ArrayDeque<>();

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "loader-sync");
        thread.setDaemon(true);
        return thread;
    }

    /** @throws IOException if an earlier file could not be forced to disk */
    @Override
    public void sync(FSDataOutputStream out) throws IOException {
        pending.add(threads.submit(() -> {
            AT_ONCE.sync(out);
            return null;
        }));
        while (!pending.isEmpty() && pending.element().isDone()) {
            await(pending.remove());
        }
    }

    /**
     * Waits until all files are on disk.
     *
     * @throws IOException if one of them is not
     */
    public void await() throws IOException {
        while (!pending.isEmpty()) {
            await(pending.remove());
        }
    }

    private static void await(Future<?> file) throws IOException {
        try {
            file.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IOException("cannot force a file to disk: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a file was forced to disk", e);
        }
    }

    /** Interrupts what a failed task has left. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
