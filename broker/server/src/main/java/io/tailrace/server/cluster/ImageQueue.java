package io.tailrace.server.cluster;

import io.tailrace.replication.cluster.ClusterImage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A line of one: images that come while another is acted on are passed over but for the newest. Thread-safe. */
final class ImageQueue {
    private final Executor executor;
    private final Consumer<ClusterImage> action;
    private final AtomicReference<@Nullable ClusterImage> newest = new AtomicReference<>();

    /** @param executor one thread */
    ImageQueue(Executor executor, Consumer<ClusterImage> action) {
        this.executor = executor;
        this.action = action;
    }

    void offer(ClusterImage image) {
        if (newest.getAndSet(image) != null) {
            return;
        }
        try {
            executor.execute(() -> {
                ClusterImage current = newest.getAndSet(null);
                if (current != null) {
                    action.accept(current);
                }
            });
        } catch (RejectedExecutionException e) {
            newest.set(null); // the broker stops, and acts on nothing any more
        }
    }
}
