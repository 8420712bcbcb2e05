package io.tailrace.server.cluster;

import io.tailrace.replication.cluster.ClusterImage;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The newest cluster image that this broker has acted on: if the image makes this broker the leader of a partition, the partition
 * is open. Without a lease the broker leaves itself out, so that clients go elsewhere. If there is no other broker, it stays in,
 * because it still serves committed records. Thread-safe.
 */
public final class ClusterView implements Supplier<ClusterImage> {
    /** Requests that wait for an image at the same time. */
    static final int WAITERS_MAX = 2000;

    private final int brokerId;
    private final BooleanSupplier lease;
    private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();
    private final Semaphore places = new Semaphore(WAITERS_MAX);
    private volatile ClusterImage image = ClusterImage.empty();
    private volatile Unleased unleased = new Unleased(image, image);

    /** An image, and what is shown of it while this broker has no lease. */
    private record Unleased(ClusterImage whole, ClusterImage shown) {}

    /** @param lease whether this broker may rely on being registered */
    public ClusterView(int brokerId, BooleanSupplier lease) {
        this.brokerId = brokerId;
        this.lease = lease;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // An image is replaced as a whole.
    public ClusterImage get() {
        ClusterImage newest = image;
        boolean alone = newest.brokers().keySet().equals(Set.of(brokerId));
        if (alone || lease.getAsBoolean()) {
            return newest;
        }
        Unleased last = unleased;
        if (last.whole() != newest) {
            last = new Unleased(newest, newest.withoutBroker(brokerId));
            unleased = last;
        }
        return last.shown();
    }

    private record Waiter(Predicate<ClusterImage> condition, CompletableFuture<Boolean> satisfied) {
        void test(ClusterImage image) {
            try {
                if (condition.test(image)) {
                    satisfied.complete(true);
                }
            } catch (RuntimeException e) {
                satisfied.completeExceptionally(e);
            }
        }
    }

    /** Shows a newer image. For one thread. */
    public void show(ClusterImage newer) {
        image = newer;
        waiters.forEach(waiter -> waiter.test(newer));
    }

    /**
     * Waits for an image that satisfies {@code condition}, without a thread. The condition is tested on the thread that shows
     * images, and must be quick. The result may complete on that thread: pass longer work to another.
     *
     * @return completes with true when there is such an image; with false after {@code timeoutMs}, or at once if 2000 waiters are
     *     waiting already
     */
    public CompletableFuture<Boolean> when(Predicate<ClusterImage> condition, long timeoutMs) {
        CompletableFuture<Boolean> satisfied = new CompletableFuture<>();
        Waiter waiter = new Waiter(condition, satisfied);
        if (!places.tryAcquire()) {
            waiter.test(image);
            satisfied.complete(false);
            return satisfied;
        }
        waiters.add(waiter);
        var unused = satisfied.whenComplete((result, failure) -> {
            waiters.remove(waiter);
            places.release();
        });
        // After the waiter was added, so that it misses no image.
        waiter.test(image);
        return satisfied.completeOnTimeout(false, timeoutMs, TimeUnit.MILLISECONDS);
    }

    /**
     * Waits for an image that satisfies {@code condition}. Blocks.
     *
     * @return false if there is none within {@code timeoutMs}
     */
    public boolean await(Predicate<ClusterImage> condition, long timeoutMs) {
        CompletableFuture<Boolean> satisfied = when(condition, timeoutMs);
        try {
            return satisfied.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            satisfied.cancel(false);
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("condition on the cluster failed", e.getCause());
        }
    }
}
