package io.tailrace.coordination;

import io.tailrace.replication.cluster.ClusterImage;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Follows the cluster in ZooKeeper and publishes it as images, on one thread. Each image is complete and replaces the previous
 * one. Changes in quick succession come as one image, the changes of one transaction always come together, and after a
 * reconnect an image is published even if nothing changed. Thread-safe.
 */
public final class ClusterTree implements AutoCloseable {
    private static final List<String> ROOTS = List.of(
            ZNodes.BROKERS,
            ZNodes.TOPIC_CONFIGS,
            ZNodes.BROKER_CONFIGS,
            ZNodes.GROUP_CONFIGS,
            ZNodes.DELETE_TOPICS,
            ZNodes.CONTROLLER,
            ZNodes.CLUSTER);

    private final SingleThread executor;
    private final ImageBuilder builder = new ImageBuilder();
    private final List<Consumer<ClusterImage>> listeners = new CopyOnWriteArrayList<>();
    private final CountDownLatch firstImage = new CountDownLatch(1);
    private final TreeFollower follower;
    private volatile Reading newest = new Reading(ClusterImage.empty(), Set.of());

    /**
     * What was read of the cluster at one time.
     *
     * @param image the cluster
     * @param unreadableTopics topics whose nodes cannot be read: the image shows an earlier version of them, or none
     */
    public record Reading(ClusterImage image, Set<String> unreadableTopics) {}

    public ClusterTree(ZooKeeperSession session) {
        executor = session.thread("cluster-tree");
        follower = new TreeFollower(session.curator(), executor, ROOTS, (nodes, changedPaths) -> {
            ClusterImage image = builder.build(nodes, changedPaths);
            newest = new Reading(image, builder.unreadableTopics());
            listeners.forEach(listener -> listener.accept(image));
            firstImage.countDown();
        });
    }

    /**
     * Publishes every image to {@code listener}, beginning with the current one. The listener must return quickly; what it
     * throws is reported as the session's {@linkplain ZooKeeperSession#failure failure}.
     */
    public void listen(Consumer<ClusterImage> listener) {
        executor.execute(() -> {
            listeners.add(listener);
            if (firstImage.getCount() == 0) {
                listener.accept(newest.image);
            }
        });
    }

    /**
     * Starts to follow the cluster, and waits for the first image.
     *
     * @throws CoordinationException if there is no image within {@code timeoutMs}
     */
    public void start(long timeoutMs) throws InterruptedException {
        follower.start();
        if (!firstImage.await(timeoutMs, TimeUnit.MILLISECONDS)) {
            throw new CoordinationException("the cluster could not be read from ZooKeeper within " + timeoutMs
                    + " ms: check zookeeper.connect, and that ZooKeeper has a quorum");
        }
    }

    /** The newest image, together with what it may lack. */
    public Reading newest() {
        return newest;
    }

    /** The newest image. */
    public ClusterImage image() {
        return newest.image;
    }

    /** Topics whose nodes cannot be read: the image shows an earlier version of them, or none. */
    public Set<String> unreadableTopics() {
        return newest.unreadableTopics;
    }

    /** Stops following the cluster. After this has returned no call of a listener begins. */
    @Override
    public void close() {
        follower.close();
        executor.shutdownNow();
    }
}
