package io.tailrace.coordination;

import io.tailrace.coordination.ControllerElection.Mandate;
import io.tailrace.coordination.ControllerWriter.ReplacedException;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.ControllerRules;
import io.tailrace.replication.cluster.StateWrite;
import io.tailrace.replication.cluster.TopicImage;
import io.tailrace.replication.cluster.TopicPolicy;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This broker's part in controlling the cluster: it stands for election whenever there is no controller, and while it is
 * the controller carries out what {@link ControllerRules} decide on each image.
 *
 * <p>It works on one thread of its own, on the newest image only: images that come while it writes are passed over but
 * for the last.
 */
public final class Controller implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Controller.class);
    private static final long RETRY_MS = 500;

    private final int brokerId;
    private final Function<TopicImage, TopicPolicy> policies;
    private final ControllerElection election;
    private final ControllerWriter writer;
    private final SingleThread executor;
    private final AtomicReference<@Nullable ClusterImage> newest = new AtomicReference<>();
    /** Used on the executor's thread only. */
    private Optional<Mandate> mandate = Optional.empty();

    private ClusterImage lastImage = ClusterImage.empty();

    /** Versions written here which an image may not show yet: an older one must not be decided on again. */
    private final Map<TopicPartition, Integer> writtenVersions = new HashMap<>();

    /**
     * @param policies a topic's policy, defaults of the brokers included
     */
    public Controller(
            ZooKeeperSession session, int brokerId, Function<TopicImage, TopicPolicy> policies, InstantSource clock) {
        this.brokerId = brokerId;
        this.policies = policies;
        executor = session.thread("controller");
        election = new ControllerElection(session, brokerId, clock);
        writer = new ControllerWriter(session, election);
    }

    /** Starts to take part, following {@code tree}. */
    public void start(ClusterTree tree) {
        tree.listen(this::offer);
    }

    /** Gives the lead of every partition back to its preferred leader, if that one is alive and in sync. */
    public void preferLeaders() {
        execute(() -> perform(lastImage, rules -> rules.preferLeaders(lastImage)));
    }

    /** Stops to take part; another broker is elected at once, or without a connection when the session ends. */
    @Override
    public void close() {
        execute(() -> mandate.ifPresent(election::resign));
        executor.shutdown();
        try {
            if (!executor.awaitTermination(10, TimeUnit.SECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void offer(ClusterImage image) {
        if (newest.getAndSet(image) == null) {
            execute(this::workOnNewest);
        }
    }

    private void execute(Runnable task) {
        if (!executor.isShutdown()) {
            executor.execute(task);
        }
    }

    private void workOnNewest() {
        ClusterImage image = newest.getAndSet(null);
        if (image != null) {
            lastImage = image;
            work(image);
        }
    }

    private void work(ClusterImage image) {
        try {
            if (image.broker(brokerId).isEmpty()) {
                mandate = Optional.empty();
                return;
            }
            boolean leftBehind = image.controllerId() == brokerId && mandate.isEmpty();
            if (image.controllerId() == ClusterImage.NO_CONTROLLER || leftBehind) {
                mandate = election.stand().or(() -> mandate);
                writtenVersions.clear();
            } else if (image.controllerId() != brokerId) {
                mandate = Optional.empty();
            }
        } catch (CoordinationException e) {
            LOG.warn("{}", e.getMessage());
            executor.retry(this::offerAgain, RETRY_MS);
            return;
        }
        perform(image, rules -> rules.decide(image));
    }

    private void perform(ClusterImage image, Function<ControllerRules, List<StateWrite>> decision) {
        if (mandate.isEmpty()) {
            return;
        }
        Mandate held = mandate.get();
        List<StateWrite> writes = decision.apply(new ControllerRules(held.controllerEpoch(), policies)).stream()
                .filter(this::isNews)
                .toList();
        try {
            writer.writeStates(held, writes, writtenVersions::put);
            for (String topic : image.deleting()) {
                writer.deleteTopic(held, topic);
                writtenVersions.keySet().removeIf(p -> p.topic().equals(topic));
            }
        } catch (ReplacedException e) {
            LOG.info("broker {} is controller no more: {}", brokerId, e.getMessage());
            mandate = Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (CoordinationException e) {
            tryAgain(e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            tryAgain(e);
        }
    }

    /** Only for what ZooKeeper did not do: an error of ours would come again, and goes to the session's failure. */
    private void tryAgain(Exception cause) {
        LOG.warn("controller could not write, trying again in about {} ms: {}", RETRY_MS, cause.toString());
        executor.retry(this::offerAgain, RETRY_MS);
    }

    private boolean isNews(StateWrite write) {
        Integer written = writtenVersions.get(write.partition());
        return written == null || written <= write.next().version();
    }

    private void offerAgain() {
        newest.compareAndSet(null, lastImage);
        workOnNewest();
    }
}
