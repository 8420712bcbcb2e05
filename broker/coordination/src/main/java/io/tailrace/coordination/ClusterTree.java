package io.tailrace.coordination;

import io.tailrace.replication.cluster.ClusterImage;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Follows the cluster in ZooKeeper and publishes it as images: each one whole, later ones replacing earlier ones, on one
 * thread. Many changes at once come as one image, what one transaction changed always comes together, and after a
 * reconnect there is an image even if nothing changed.
 */
public final class ClusterTree implements AutoCloseable {
    private static final List<String> ROOTS = List.of(
            ZNodes.BROKERS,
            ZNodes.TOPIC_CONFIGS,
            ZNodes.BROKER_CONFIGS,
            ZNodes.DELETE_TOPICS,
            ZNodes.CONTROLLER,
            ZNodes.CLUSTER);

    private final SingleThread executor;
    private final ImageBuilder builder = new ImageBuilder();
    private final List<Consumer<ClusterImage>> listeners = new CopyOnWriteArrayList<>();
    private final CountDownLatch firstImage = new CountDownLatch(1);
    private final TreeFollower follower;
    private volatile ClusterImage image = ClusterImage.empty();
    private volatile Set<String> unreadableTopics = Set.of();

    public ClusterTree(ZooKeeperSession session) {
        executor = session.thread("cluster-tree");
        follower = new TreeFollower(session.curator(), executor, ROOTS, (nodes, changedPaths) -> {
            image = builder.build(nodes, changedPaths);
            unreadableTopics = builder.unreadableTopics();
            listeners.forEach(listener -> listener.accept(image));
            firstImage.countDown();
        });
    }

    /**
     * Tells {@code listener} of every image from now on, the one there is included. It must return quickly; what it throws
     * is the session's {@linkplain ZooKeeperSession#failure failure}.
     */
    public void listen(Consumer<ClusterImage> listener) {
        executor.execute(() -> {
            listeners.add(listener);
            if (firstImage.getCount() == 0) {
                listener.accept(image);
            }
        });
    }

    /**
     * Starts to follow, and waits for the first image.
     *
     * @throws CoordinationException if it has not come after {@code timeoutMs}
     */
    public void start(long timeoutMs) throws InterruptedException {
        follower.start();
        if (!firstImage.await(timeoutMs, TimeUnit.MILLISECONDS)) {
            throw new CoordinationException("the cluster could not be read from ZooKeeper within " + timeoutMs
                    + " ms: check zookeeper.connect, and that ZooKeeper has a quorum");
        }
    }

    /** The newest image. */
    public ClusterImage image() {
        return image;
    }

    /** Topics that exist, but are in the image as they were before, or not at all: their nodes cannot be understood. */
    public Set<String> unreadableTopics() {
        return unreadableTopics;
    }

    /** Stops to follow; no listener is called once this has returned, unless it is being called. */
    @Override
    public void close() {
        follower.close();
        executor.shutdownNow();
    }
}
