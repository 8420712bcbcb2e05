package io.tailrace.coordination;

import io.tailrace.coordination.ControllerElection.Mandate;
import io.tailrace.coordination.ControllerWriter.ReplacedException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.ControllerRules;
import io.tailrace.replication.cluster.Election;
import io.tailrace.replication.cluster.ElectionType;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.StateWrite;
import io.tailrace.replication.cluster.TopicImage;
import io.tailrace.replication.cluster.TopicPolicy;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
    private final LeaderBalance balance;
    private final ControllerElection election;
    private final ControllerWriter writer;
    private final SingleThread executor;
    private final AtomicReference<@Nullable ClusterImage> newest = new AtomicReference<>();
    /** Used on the executor's thread only. */
    private Optional<Mandate> mandate = Optional.empty();

    private ClusterImage lastImage = ClusterImage.empty();

    /** What was decided on this image is written, all of it, in this mandate. */
    private ClusterImage decidedOn = ClusterImage.empty();

    /** Versions written here which an image may not show yet: an older one must not be decided on again. */
    private final Map<TopicPartition, Integer> writtenVersions = new HashMap<>();

    /**
     * @param policies a topic's policy, defaults of the brokers included
     */
    public Controller(
            ZooKeeperSession session,
            int brokerId,
            Function<TopicImage, TopicPolicy> policies,
            LeaderBalance balance,
            InstantSource clock) {
        this.brokerId = brokerId;
        this.policies = policies;
        this.balance = balance;
        executor = session.thread("controller");
        election = new ControllerElection(session, brokerId, clock);
        writer = new ControllerWriter(session, election);
    }

    /** Starts to take part, following {@code tree}. */
    public void start(ClusterTree tree) {
        tree.listen(this::offer);
        if (balance.enabled()) {
            var unused = executor.scheduleWithFixedDelay(
                    this::balance, balance.checkIntervalMs(), balance.checkIntervalMs(), TimeUnit.MILLISECONDS);
        }
    }

    /**
     * Elects leaders on request (KIP-460), as far as it is possible.
     *
     * @return what became of each, in the order of {@code partitions}: NOT_CONTROLLER if this broker is not the controller or
     *     could not write, REQUEST_TIMED_OUT if the partition's leader changed its state at the same time
     */
    public CompletionStage<List<Election>> elect(ElectionType type, Collection<TopicPartition> partitions) {
        CompletableFuture<List<Election>> answer = new CompletableFuture<>();
        execute(() -> {
            underMandate(held -> {
                List<Election> elections = rules(held).elect(lastImage, type, partitions);
                List<StateWrite> writes = elections.stream()
                        .flatMap(each -> each.write().stream())
                        .distinct()
                        .toList();
                Set<TopicPartition> written = write(held, writes);
                answer.complete(elections.stream()
                        .map(each -> each.error() != ErrorCode.NONE || written.contains(each.partition())
                                ? each
                                : new Election(each.partition(), ErrorCode.REQUEST_TIMED_OUT, null))
                        .toList());
            });
            answer.complete(partitions.stream()
                    .map(each -> new Election(each, ErrorCode.NOT_CONTROLLER, null))
                    .toList());
        });
        return answer;
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
                decidedOn = ClusterImage.empty();
            } else if (image.controllerId() != brokerId) {
                mandate = Optional.empty();
            }
        } catch (CoordinationException e) {
            tryAgain(e);
            return;
        }
        underMandate(held -> {
            ClusterImage since = decidedOn;
            decidedOn = ClusterImage.empty();
            List<StateWrite> writes = rules(held).decide(image, since);
            if (write(held, writes).size() == writes.size()) {
                decidedOn = image;
            }
            for (String topic : image.deleting()) {
                writer.deleteTopic(held, topic);
                writtenVersions.keySet().removeIf(p -> p.topic().equals(topic));
            }
        });
    }

    private void balance() {
        underMandate(held -> {
            Set<TopicPartition> led = write(held, rules(held).balance(lastImage, balance.imbalancePercentMax()));
            if (!led.isEmpty()) {
                LOG.info("{} partitions are given back to their preferred leaders", led.size());
            }
        });
    }

    private ControllerRules rules(Mandate held) {
        return new ControllerRules(held.controllerEpoch(), policies);
    }

    /** Writes what is not older than what was written before, and returns what could be written. */
    private Set<TopicPartition> write(Mandate held, List<StateWrite> writes) throws Exception {
        Set<TopicPartition> written = new HashSet<>();
        writes.forEach(this::warnOfUncleanElection);
        writer.writeStates(held, writes.stream().filter(this::isNews).toList(), (partition, version) -> {
            writtenVersions.put(partition, version);
            written.add(partition);
        });
        return written;
    }

    private void warnOfUncleanElection(StateWrite write) {
        lastImage
                .partition(write.partition())
                .flatMap(PartitionImage::state)
                .filter(former -> write.next().isUncleanAfter(former))
                .ifPresent(former -> LOG.warn(
                        "unclean election: broker {}, which was not in sync, is to lead {}; what only {} had is lost",
                        write.next().leader(),
                        write.partition(),
                        former.isr().isEmpty() ? former.lastStanding() : former.isr()));
    }

    private interface Office {
        void exercise(Mandate held) throws Exception;
    }

    /** Does nothing if this broker is not controller. What ZooKeeper did not do is tried again; errors of ours are thrown. */
    private void underMandate(Office office) {
        if (mandate.isEmpty()) {
            return;
        }
        try {
            office.exercise(mandate.get());
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
