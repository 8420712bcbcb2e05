package io.tailrace.coordination;

import io.tailrace.replication.cluster.ClusterImage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A queue of one: an image that arrives while another waits replaces it. Thread-safe. */
public final class ImageQueue {
    private final Executor executor;
    private final Consumer<ClusterImage> action;
    private final AtomicReference<@Nullable ClusterImage> waiting = new AtomicReference<>();

    /**
     * Queues images for {@code action}.
     *
     * @param executor runs the action; one thread
     */
    public ImageQueue(Executor executor, Consumer<ClusterImage> action) {
        this.executor = executor;
        this.action = action;
    }

    /** Queues {@code image}, in place of one that waits. */
    public void offer(ClusterImage image) {
        if (waiting.getAndSet(image) == null) {
            run();
        }
    }

    /** Queues an image that the action has already seen, unless a newer one waits. */
    public void offerAgain(ClusterImage image) {
        if (waiting.compareAndSet(null, image)) {
            run();
        }
    }

    /** Whether an image waits: a long-running action should return, and start over from that one. */
    public boolean hasNewer() {
        return waiting.get() != null;
    }

    private void run() {
        try {
            executor.execute(() -> {
                ClusterImage image = waiting.getAndSet(null);
                if (image != null) {
                    action.accept(image);
                }
            });
        } catch (RejectedExecutionException e) {
            waiting.set(null); // the broker is stopping
        }
    }
}
