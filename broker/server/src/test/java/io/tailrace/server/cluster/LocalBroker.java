package io.tailrace.server.cluster;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.Event;
import io.tailrace.replication.PartitionRules;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.Endpoint;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.replication.cluster.TopicImage;
import io.tailrace.server.config.BrokerConfig;
import io.tailrace.server.partition.Clocks;
import io.tailrace.server.partition.ClusterActions;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.PartitionContext;
import io.tailrace.server.partition.PartitionLifecycle;
import io.tailrace.server.partition.Partitions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** Broker 1 without ZooKeeper and sockets: its disks, and partitions that follow the images a test makes. */
final class LocalBroker implements ClusterActions, AutoCloseable {
    static final int ID = 1;
    static final int OTHER = 2;
    static final long EPOCH = 100;
    static final long LAG_MS_MAX = 10_000;
    static final String TOPIC = "web";

    final AtomicLong nowMs = new AtomicLong();
    final AtomicBoolean lease = new AtomicBoolean(true);
    final RegistrationStatus registration = new RegistrationStatus();
    final Partitions partitions = new Partitions(ClusterImage::empty);
    final Storage storage;
    final LocalReplicas replicas;
    final ClusterFollower follower;
    final OfflineLogs offlineLogs = new OfflineLogs();
    final Set<TopicPartition> reportedOffline = new TreeSet<>();
    /** Partitions that have proposed an ISR. */
    final List<Integer> proposals = new CopyOnWriteArrayList<>();

    private volatile Runnable onRoleChange = () -> {};

    LocalBroker(Path... logDirectories) throws IOException {
        BrokerConfig config = BrokerConfig.of(Map.of(
                "broker.id",
                String.valueOf(ID),
                "log.dirs",
                Arrays.stream(logDirectories).map(Path::toString).collect(Collectors.joining(",")),
                "log.dir.free.bytes.min",
                "0",
                "replica.high.watermark.checkpoint.interval.ms",
                "10"));
        Clocks clocks = new Clocks(nowMs::get, nowMs::get);
        storage = Storage.open(config, "cluster", partitions, clocks);
        offlineLogs.add(storage.directories().unopenedPartitions());
        offlineLogs.reportTo(new OfflineLogs.Reporter() {
            @Override
            public void offline(Set<TopicPartition> partitions) {
                reportedOffline.addAll(partitions);
            }

            @Override
            public void online(Set<TopicPartition> partitions) {
                reportedOffline.removeAll(partitions);
            }
        });
        PartitionLifecycle lifecycle = new PartitionLifecycle(
                ID,
                partitions,
                new PartitionContext(
                        new PartitionRules(LAG_MS_MAX),
                        this,
                        (changed, role) -> onRoleChange.run(),
                        lease::get,
                        clocks));
        replicas = new LocalReplicas(storage, partitions, lifecycle, offlineLogs, clocks);
        follower = new ClusterFollower(ID, replicas, partitions, config.topicDefaults(), registration);
        registration.registered(EPOCH);
    }

    /** A topic whose partitions are on both brokers, and led by one of them in an epoch. */
    static ClusterImage image(int count, int leader, int leaderEpoch, List<Integer> isr) {
        return image(new UUID(0, 1), count, leader, leaderEpoch, isr);
    }

    /** The same, of the topic with this id. */
    static ClusterImage image(UUID topicId, int count, int leader, int leaderEpoch, List<Integer> isr) {
        List<Incarnation> members =
                isr.stream().map(id -> new Incarnation(id, EPOCH * id)).toList();
        PartitionState state = new PartitionState(leader, leaderEpoch, members, List.of(), leader, 1, leaderEpoch);
        PartitionImage partition = new PartitionImage(PartitionAssignment.of(List.of(ID, OTHER)), state);
        TopicImage topic = new TopicImage(TOPIC, topicId, Collections.nCopies(count, partition), Map.of());
        return new ClusterImage(
                "cluster",
                new TreeMap<>(Map.of(ID, broker(ID), OTHER, broker(OTHER))),
                new TreeMap<>(Map.of(TOPIC, topic)),
                Set.of(),
                ClusterImage.NO_CONTROLLER);
    }

    private static Broker broker(int id) {
        return new Broker(id, EPOCH * id, Broker.NONE, null, List.of(new Endpoint("PLAINTEXT", "h" + id, 9092)), false);
    }

    Partition partition(int index) {
        return Objects.requireNonNull(partitions.find(TOPIC, index));
    }

    /** Runs {@code action} while another thread holds a partition's lock, as an append to a stalled disk does. */
    void whileBusy(Partition partition, Runnable action) throws InterruptedException {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        onRoleChange = () -> {
            onRoleChange = () -> {};
            held.countDown();
            awaitRelease(released);
        };
        // Fenced, the partition has another role: its listener is called under the lock.
        Thread holder = new Thread(() -> partition.handle(new Event.SessionLost()), "holds " + partition.id());
        holder.start();
        held.await();
        try {
            action.run();
        } finally {
            released.countDown();
            holder.join();
        }
    }

    private static void awaitRelease(CountDownLatch released) {
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void propose(Partition partition, PartitionState next) {
        proposals.add(partition.id().partition());
    }

    @Override
    public void readBack(Partition partition, int expectedVersion) {}

    @Override
    public void startFetching(Partition partition, int leader, int leaderEpoch) {}

    @Override
    public void stopFetching(Partition partition) {}

    @Override
    public void logFailed(Partition partition) {}

    @Override
    public void close() throws IOException {
        storage.close();
    }
}
