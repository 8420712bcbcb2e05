package io.tailrace.coordination;

import io.tailrace.coordination.ControllerElection.ControllerTerm;
import io.tailrace.coordination.ControllerElection.ReplacedException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.ControllerRules;
import io.tailrace.replication.cluster.Election;
import io.tailrace.replication.cluster.ElectionType;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.PartitionState;
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
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This broker as a candidate for controller, and as the controller. Whenever there is no controller it tries to be elected;
 * while it is the controller, it carries out what {@link ControllerRules} decide on each image.
 *
 * <p>It works on one thread, always on the newest image. Existing partitions come first: what a failover needs is written before
 * new partitions are created and topics are deleted. Those two are done in bounded slices, and when a newer image arrives, the
 * controller starts over from it after the current slice.
 */
public final class Controller implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Controller.class);
    private static final long RETRY_MS = 500;

    private final int brokerId;
    private final Function<TopicImage, TopicPolicy> policies;
    private final LeaderBalance balance;
    private final ZooKeeperSession session;
    private final ControllerElection election;
    private final ControllerWriter writer;
    private final TopicDeletion deletion;
    private final SingleThread executor;
    private final ImageQueue images;
    private final AtomicLong uncleanElections = new AtomicLong();
    /** Used on the executor's thread only, as is everything below. */
    private Optional<ControllerTerm> currentTerm = Optional.empty();

    private ClusterImage lastImage = ClusterImage.empty();

    /** Everything that was decided on this image is written, in this term. */
    private ClusterImage decidedOn = ClusterImage.empty();

    /** Versions written here. Images may still show older ones, which must not be decided on again. */
    private final Map<TopicPartition, Integer> writtenVersions = new HashMap<>();

    /** @param policies a topic's policy, with the brokers' defaults */
    public Controller(
            ZooKeeperSession session,
            int brokerId,
            Function<TopicImage, TopicPolicy> policies,
            LeaderBalance balance,
            InstantSource clock) {
        this.brokerId = brokerId;
        this.policies = policies;
        this.balance = balance;
        this.session = session;
        executor = session.thread("controller");
        images = new ImageQueue(executor, this::follow);
        election = new ControllerElection(session, brokerId, clock);
        writer = new ControllerWriter(session, election);
        deletion = new TopicDeletion(session, election);
    }

    /** Starts to take part in elections, following {@code tree}. */
    public void start(ClusterTree tree) {
        tree.listen(images::offer);
        if (balance.enabled()) {
            var unused = executor.scheduleWithFixedDelay(
                    this::balance, balance.checkIntervalMs(), balance.checkIntervalMs(), TimeUnit.MILLISECONDS);
        }
    }

    /**
     * Elects leaders on request (KIP-460), as far as possible.
     *
     * @return the outcome for each of {@code partitions}, in order: NOT_CONTROLLER if this broker is not the controller or could
     *     not write, REQUEST_TIMED_OUT if the partition's leader changed its state at the same time
     */
    public CompletionStage<List<Election>> elect(ElectionType type, Collection<TopicPartition> partitions) {
        CompletableFuture<List<Election>> answer = new CompletableFuture<>();
        executor.executeIfRunning(() -> {
            asController(term -> {
                List<Election> elections = rules(term).elect(lastImage, type, partitions);
                List<StateWrite> writes = elections.stream()
                        .flatMap(each -> each.write().stream())
                        .distinct()
                        .toList();
                Set<TopicPartition> written = write(term, writes);
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

    /** Leaders that this broker has elected as controller, since its start, and that may lack acknowledged records. */
    public long uncleanElections() {
        return uncleanElections.get();
    }

    /** Resigns, so that another broker is elected at once; without a connection that happens when the session ends. */
    @Override
    public void close() {
        executor.executeIfRunning(() -> currentTerm.ifPresent(election::resign));
        executor.finish();
    }

    private void follow(ClusterImage image) {
        lastImage = image;
        try {
            updateTerm(image);
        } catch (CoordinationException e) {
            tryAgain(e);
            return;
        }
        asController(term -> {
            ClusterImage since = decidedOn;
            decidedOn = ClusterImage.empty();
            List<StateWrite> writes = rules(term).decide(image, since);
            List<StateWrite> changes =
                    writes.stream().filter(write -> !isNew(write)).toList();
            List<StateWrite> creations =
                    writes.stream().filter(Controller::isNew).toList();
            int written = write(term, changes).size() + create(term, creations);
            if (written == writes.size()) {
                decidedOn = image;
            }
            deleteMarked(term, image);
        });
    }

    private void updateTerm(ClusterImage image) {
        if (image.broker(brokerId).isEmpty()) {
            currentTerm = Optional.empty();
            return;
        }
        boolean leftBehind = image.controllerId() == brokerId && currentTerm.isEmpty();
        if (image.controllerId() == ClusterImage.NO_CONTROLLER || leftBehind) {
            currentTerm = election.elect().or(() -> currentTerm);
            writtenVersions.clear();
            decidedOn = ClusterImage.empty();
        } else if (image.controllerId() != brokerId) {
            currentTerm = Optional.empty();
        }
    }

    /** Creates partitions, until a newer image waits but at least a slice of them, and returns how many. */
    private int create(ControllerTerm term, List<StateWrite> creations) throws Exception {
        int written = 0;
        int begin = 0;
        while (begin < creations.size() && (begin == 0 || !images.hasNewer())) {
            int end = Math.min(creations.size(), begin + ControllerWriter.BATCH_SIZE_MAX);
            written += write(term, creations.subList(begin, end)).size();
            begin = end;
        }
        return written;
    }

    /** Deletes topics, until a newer image waits but at least a slice of one. A topic with conflicts delays no other. */
    private void deleteMarked(ControllerTerm term, ClusterImage image) throws Exception {
        boolean anyDeleted = false;
        for (String topic : image.deleting()) {
            TopicDeletion.Progress progress = TopicDeletion.Progress.CONTINUES;
            while (progress == TopicDeletion.Progress.CONTINUES) {
                if (anyDeleted && images.hasNewer()) {
                    return;
                }
                progress = deletion.deleteSome(term, topic);
                anyDeleted |= progress != TopicDeletion.Progress.CONFLICT;
            }
            if (progress == TopicDeletion.Progress.CONFLICT) {
                executor.retry(() -> images.offerAgain(lastImage), RETRY_MS);
            } else {
                writtenVersions.keySet().removeIf(partition -> partition.topic().equals(topic));
            }
        }
    }

    private void balance() {
        asController(term -> {
            Set<TopicPartition> led = write(term, rules(term).balance(lastImage, balance.imbalancePercentMax()));
            if (!led.isEmpty()) {
                LOG.info("Moved leadership back to preferred leaders, partitions: {}", led.size());
            }
        });
    }

    private ControllerRules rules(ControllerTerm term) {
        return new ControllerRules(term.controllerEpoch(), policies);
    }

    private static boolean isNew(StateWrite write) {
        return write.next().version() == PartitionState.NOT_WRITTEN;
    }

    /** Writes states, except over newer ones that this controller has written, and returns the partitions written. */
    private Set<TopicPartition> write(ControllerTerm term, List<StateWrite> writes) throws Exception {
        Set<TopicPartition> written = new HashSet<>();
        Set<TopicPartition> unclean = new HashSet<>();
        writes.stream().filter(this::warnOfUncleanElection).forEach(write -> unclean.add(write.partition()));
        List<StateWrite> current = writes.stream().filter(this::isCurrent).toList();
        writer.writeStates(term, current, (partition, version) -> {
            writtenVersions.put(partition, version);
            written.add(partition);
            if (unclean.contains(partition)) {
                uncleanElections.incrementAndGet();
            }
        });
        return written;
    }

    private boolean isCurrent(StateWrite write) {
        Integer written = writtenVersions.get(write.partition());
        return written == null || written <= write.next().version();
    }

    /** Returns whether the election is unclean. */
    private boolean warnOfUncleanElection(StateWrite write) {
        Optional<PartitionState> unclean = lastImage
                .partition(write.partition())
                .flatMap(PartitionImage::state)
                .filter(former -> write.next().isUncleanAfter(former));
        unclean.ifPresent(former -> LOG.warn(
                "Unclean election of broker {}, which was not in sync, for {}: records that only {} had are lost",
                write.next().leader(),
                write.partition(),
                former.isr().isEmpty() ? former.lastStanding() : former.isr()));
        return unclean.isPresent();
    }

    private interface ControllerAction {
        void run(ControllerTerm term) throws Exception;
    }

    /** Runs {@code action} if this broker is controller. If ZooKeeper fails, retries by following the last image again. */
    private void asController(ControllerAction action) {
        if (currentTerm.isEmpty()) {
            return;
        }
        try {
            action.run(currentTerm.get());
        } catch (ReplacedException e) {
            LOG.info("Broker {} is no longer controller: {}", brokerId, e.getMessage());
            currentTerm = Optional.empty();
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
        if (session.isConnected()) {
            LOG.warn("Controller could not write, trying again in about {} ms: {}", RETRY_MS, cause.toString());
        } else {
            LOG.debug("controller has no connection to ZooKeeper: {}", cause.toString());
        }
        executor.retry(() -> images.offerAgain(lastImage), RETRY_MS);
    }
}
