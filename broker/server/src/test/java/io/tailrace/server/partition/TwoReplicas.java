package io.tailrace.server.partition;

import static org.awaitility.Awaitility.await;

import io.tailrace.log.CompactionPace;
import io.tailrace.log.Log;
import io.tailrace.log.LogCompactor;
import io.tailrace.log.LogDirectory;
import io.tailrace.log.LogDirectoryConfig;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.Event;
import io.tailrace.replication.FollowerFetch;
import io.tailrace.replication.PartitionRules;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.Endpoint;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.replication.cluster.TopicImage;
import io.tailrace.server.config.BrokerConfig;
import io.tailrace.server.config.TopicSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A partition that is led here, with a follower on broker 2 which does what a test tells it to. */
public final class TwoReplicas implements ClusterActions, AutoCloseable {
    /** The topic; its partition 0 is the partition. */
    public static final String TOPIC = "replicated";

    /** The topic's id. */
    public static final UUID TOPIC_ID = new UUID(0, 7);

    /** Under which broker 2 is registered. */
    public static final long FOLLOWER_EPOCH = 200;

    /** In which the partition is led here at first. */
    public static final int LEADER_EPOCH = 3;

    /** Under which this broker is registered. */
    public static final long SELF_EPOCH = 100;

    private final Clocks clocks = Clocks.system();
    private final AtomicBoolean lease = new AtomicBoolean(true);
    private volatile Runnable onRoleChange = () -> {};
    private volatile ClusterImage image = ClusterImage.empty();
    private final Partitions partitions = new Partitions(() -> image);
    private final LogDirectory directory;
    private final PartitionLifecycle lifecycle;
    private final TopicSettings settings;
    private final Log log;
    private final Partition partition;
    private final List<PartitionState> proposals = new ArrayList<>();

    /** Opens the partition, which leads in epoch 3 with both replicas in sync. */
    public TwoReplicas(Path path) throws IOException {
        this(path, Map.of(), 0, Runnable::run);
    }

    /**
     * The same, with settings of the topic.
     *
     * @param freeBytesMin how much of the disk must stay free
     * @param background syncs
     */
    public TwoReplicas(Path path, Map<String, String> configs, long freeBytesMin, Executor background)
            throws IOException {
        Map<String, String> own =
                new HashMap<>(Map.of("min.insync.replicas", "2", "message.timestamp.after.max.ms", "1000"));
        own.putAll(configs);
        settings = BrokerConfig.of(Map.of("broker.id", "1")).topicDefaults().with(own);
        directory = LogDirectory.open(
                new LogDirectoryConfig(path, "cluster", 1, freeBytesMin, 1000, 100),
                topic -> settings.log(),
                background,
                e -> {},
                0);
        lifecycle = new PartitionLifecycle(
                1,
                partitions,
                new PartitionContext(
                        new PartitionRules(60_000), this, (changed, role) -> onRoleChange.run(), lease::get, clocks));
        log = directory.create(new TopicPartition(TOPIC, 0), settings.log(), 0);
        partition = open(log, TOPIC_ID);
        elect(1, LEADER_EPOCH);
    }

    private Partition open(Log log, UUID topicId) {
        Partition opened = lifecycle.open(log, topicId, settings, 0);
        opened.handle(new Event.BrokersChanged(Map.of(1, broker(1, SELF_EPOCH), 2, broker(2, FOLLOWER_EPOCH))));
        opened.handle(new Event.Registered(SELF_EPOCH));
        return opened;
    }

    /** Opens partition 1, which follows broker 2 in this epoch. */
    public Partition openFollower(int leaderEpoch) throws IOException {
        Partition opened = open(directory.create(new TopicPartition(TOPIC, 1), settings.log(), 0), TOPIC_ID);
        opened.handle(elected(2, leaderEpoch, List.of(new Incarnation(2, FOLLOWER_EPOCH))));
        return opened;
    }

    /** Opens partition 1, which is led here in this epoch, and both are in sync. */
    public Partition openLeader(int leaderEpoch) throws IOException {
        return openLeader(1, leaderEpoch);
    }

    /** Opens another partition, which is led here in this epoch, and both are in sync. */
    public Partition openLeader(int index, int leaderEpoch) throws IOException {
        return openLeader(index, TOPIC_ID, leaderEpoch);
    }

    /** The same, of the topic with this id. */
    public Partition openLeader(int index, UUID topicId, int leaderEpoch) throws IOException {
        Partition opened = open(directory.create(new TopicPartition(TOPIC, index), settings.log(), 0), topicId);
        opened.handle(
                elected(1, leaderEpoch, List.of(new Incarnation(1, SELF_EPOCH), new Incarnation(2, FOLLOWER_EPOCH))));
        return opened;
    }

    /** The topic has this id from now on, as far as the image of the cluster says, and no other topic exists. */
    public void inCluster(UUID topicId) {
        TopicImage topic = new TopicImage(TOPIC, topicId, List.of(), Map.of());
        image = new ClusterImage(
                "cluster", new TreeMap<>(), new TreeMap<>(Map.of(TOPIC, topic)), Set.of(), ClusterImage.NO_CONTROLLER);
    }

    /** Closes a partition, because its topic is deleted, and deletes its log. */
    public void delete(Partition deleted) throws IOException {
        lifecycle.close(deleted);
        deleted.handle(new Event.Unassigned());
        directory.delete(deleted.id(), 0);
    }

    /**
     * Runs {@code action} while another thread holds the lock of partition 0, as an append to a stalled disk does. The partition
     * is led here in {@code leaderEpoch} then, which must be a new one.
     */
    public void whileBusy(int leaderEpoch, Action action) throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        onRoleChange(() -> {
            held.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Thread holder = new Thread(() -> elect(1, leaderEpoch), "holds " + partition.id());
        holder.start();
        held.await();
        onRoleChange(() -> {});
        try {
            action.run();
        } finally {
            released.countDown();
            holder.join();
        }
    }

    /** Part of a test. */
    public interface Action {
        void run() throws Exception;
    }

    /** One of the two leads in this epoch from now on, and both are in sync. */
    public void elect(int leader, int leaderEpoch) {
        elect(leader, leaderEpoch, List.of(new Incarnation(1, SELF_EPOCH), new Incarnation(2, FOLLOWER_EPOCH)));
    }

    /** Broker 2, which leads in this epoch, removes this broker from the in-sync replicas. */
    public void leavesIsr(int leaderEpoch) {
        PartitionState state = new PartitionState(
                2, leaderEpoch, List.of(new Incarnation(2, FOLLOWER_EPOCH)), List.of(), 2, 1, 5 + leaderEpoch);
        handle(new Event.StateRead(PartitionAssignment.of(List.of(1, 2)), state));
    }

    /** Broker 2 leads in this epoch from now on, and is the only one in sync. */
    public void fallBehind(int leaderEpoch) {
        elect(2, leaderEpoch, List.of(new Incarnation(2, FOLLOWER_EPOCH)));
    }

    private void elect(int leader, int leaderEpoch, List<Incarnation> isr) {
        handle(elected(leader, leaderEpoch, isr));
    }

    private static Event elected(int leader, int leaderEpoch, List<Incarnation> isr) {
        PartitionState state = new PartitionState(leader, leaderEpoch, isr, List.of(), leader, 1, 4 + leaderEpoch);
        return new Event.StateRead(PartitionAssignment.of(List.of(1, 2)), state);
    }

    private static Broker broker(int id, long epoch) {
        return broker(id, epoch, null);
    }

    private static Broker broker(int id, long epoch, @Nullable String rack) {
        return new Broker(id, epoch, Broker.NONE, rack, List.of(new Endpoint("PLAINTEXT", "h" + id, 9092)), false);
    }

    /** Runs this, under the partition's lock, whenever it has another role. */
    public void onRoleChange(Runnable action) {
        onRoleChange = action;
    }

    /** Whether this broker may act as a leader. */
    public void lease(boolean holds) {
        lease.set(holds);
    }

    public Partitions partitions() {
        return partitions;
    }

    public Clocks clocks() {
        return clocks;
    }

    public Partition partition() {
        return partition;
    }

    /** The partition's log. */
    public Log log() {
        return log;
    }

    /** Compacts what is below the high watermark. */
    public void compact() {
        LogCompactor compactor =
                new LogCompactor(directory, new LogCompactor.Limits(1 << 20, 1 << 20, 1), CompactionPace.UNLIMITED);
        long nowMs = clocks.wallMs().getAsLong();
        while (compactor.compactNext(nowMs, each -> highWatermark())) {
            nowMs++;
        }
    }

    List<PartitionState> proposals() {
        return proposals;
    }

    /** Tells the partition. */
    public void handle(Event event) {
        partition.handle(event);
    }

    /** The follower is no longer registered, as far as partition 0 knows. */
    public void followerIsGone() {
        handle(new Event.BrokersChanged(Map.of(1, broker(1, SELF_EPOCH))));
    }

    /** The follower is registered again, under the same epoch. */
    public void followerIsBack() {
        handle(new Event.BrokersChanged(Map.of(1, broker(1, SELF_EPOCH), 2, broker(2, FOLLOWER_EPOCH))));
    }

    /** This broker and the follower are in these racks, as far as partition 0 knows. */
    public void inRacks(String self, String follower) {
        handle(new Event.BrokersChanged(
                Map.of(1, broker(1, SELF_EPOCH, self), 2, broker(2, FOLLOWER_EPOCH, follower))));
    }

    /** The follower asks for what comes at {@code offset}, and so acknowledges what comes before. */
    public void followerFetches(long offset) {
        followerFetches(partition, offset);
    }

    /** The same, with a log that starts at {@code logStartOffset}. */
    public void followerFetches(long offset, long logStartOffset) {
        followerFetches(partition, offset, logStartOffset);
    }

    /** The same for a partition that is led in epoch 3. */
    public static void followerFetches(Partition partition, long offset) {
        followerFetches(partition, offset, 0);
    }

    private static void followerFetches(Partition partition, long offset, long logStartOffset) {
        int lastEpoch = offset == 0 ? -1 : LEADER_EPOCH;
        partition.handle(new Event.Fetched(new FollowerFetch(
                new Incarnation(2, FOLLOWER_EPOCH), LEADER_EPOCH, offset, lastEpoch, logStartOffset)));
    }

    public long highWatermark() {
        return partition.replica().log().highWatermark();
    }

    public long logEndOffset() {
        return partition.logEndOffset();
    }

    /** Waits until the leader's log ends there. */
    public void awaitAppended(long endOffset) {
        await().until(() -> logEndOffset() == endOffset);
    }

    /** Waits until somebody waits for records. */
    public void awaitReader() {
        await().until(() -> partition.readersWaiting() > 0);
    }

    /** Waits until somebody waits for the other replica. */
    public void awaitWaiterForReplicas() {
        await().until(() -> partition.acksWaiting() > 0);
    }

    /** The number of readers that the partition calls when it changes. */
    public static int readers(Partition partition) {
        return partition.readersWaiting();
    }

    /** Waits until nobody waits for anything. */
    public void awaitNobodyWaits() {
        await().until(() -> partition.readersWaiting() == 0 && partition.acksWaiting() == 0);
    }

    @Override
    public void propose(Partition proposing, PartitionState next) {
        proposals.add(next);
    }

    @Override
    public void readBack(Partition asking, int expectedVersion) {}

    @Override
    public void startFetching(Partition following, int leader, int leaderEpoch) {}

    @Override
    public void stopFetching(Partition following) {}

    @Override
    public void logFailed(Partition failed) {}

    @Override
    public void close() throws IOException {
        directory.close();
    }
}
