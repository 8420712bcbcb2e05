package io.tailrace.server.cluster;

import io.tailrace.replication.cluster.ClusterImage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The cluster as this broker has acted on it: a partition that is led here according to it is open. While this broker
 * cannot rely on being registered it is not in it, so that nobody is sent here. Thread-safe.
 */
public final class ClusterView implements Supplier<ClusterImage> {
    private final int brokerId;
    private final BooleanSupplier lease;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Written under the lock. */
    private volatile ClusterImage image = ClusterImage.empty();

    /** @param lease whether this broker may rely on being registered */
    public ClusterView(int brokerId, BooleanSupplier lease) {
        this.brokerId = brokerId;
        this.lease = lease;
    }

    @Override
    public ClusterImage get() {
        ClusterImage shown = image;
        return lease.getAsBoolean() ? shown : shown.withoutBroker(brokerId);
    }

    /** Shows a newer image. */
    public void show(ClusterImage newer) {
        lock.lock();
        try {
            image = newer;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the cluster is as wanted. Blocks.
     *
     * @return false if it is not after {@code timeoutMs}
     */
    public boolean await(Predicate<ClusterImage> wanted, long timeoutMs) {
        long nanos = TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        lock.lock();
        try {
            while (!wanted.test(image)) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = changed.awaitNanos(nanos);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
