package io.tailrace.server.cluster;

import io.tailrace.coordination.PartitionStateStore;
import io.tailrace.replication.Event;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.server.follower.Fetchers;
import io.tailrace.server.partition.ClusterActions;
import io.tailrace.server.partition.Partition;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Writes partitions' proposals to ZooKeeper and returns the outcomes; starts and stops copying. Thread-safe. */
final class PartitionActions implements ClusterActions {
    private static final long RETRY_MS_MIN = 50;
    private static final long RETRY_MS_MAX = 200;

    private final PartitionStateStore store;
    private final Threads threads;
    private final Fetchers fetchers;
    private final OfflineLogs offlineLogs;
    private final IsrUpdates isrUpdates = new IsrUpdates();

    /**
     * The threads on which partitions get outcomes.
     *
     * @param replication for outcomes that touch no disk
     * @param cluster for outcomes that may give a partition another role, and truncate its log
     */
    record Threads(ScheduledExecutorService replication, ScheduledExecutorService cluster) {}

    PartitionActions(PartitionStateStore store, Threads threads, Fetchers fetchers, OfflineLogs offlineLogs) {
        this.store = store;
        this.threads = threads;
        this.fetchers = fetchers;
        this.offlineLogs = offlineLogs;
    }

    IsrUpdates isrUpdates() {
        return isrUpdates;
    }

    @Override
    public void propose(Partition partition, PartitionState next) {
        List<Integer> before = partition
                .replica()
                .view()
                .agreed()
                .map(agreed -> agreed.state().isrIds())
                .orElse(List.of());
        CompletionStage<Event> outcome = store.propose(partition.id(), next);
        var unused = outcome.thenAccept(event -> isrUpdates.count(before, next.isrIds(), event));
        deliver(partition, outcome);
    }

    @Override
    public void readBack(Partition partition, int expectedVersion) {
        // Delayed: while ZooKeeper is away, every outcome asks for another read.
        schedule(threads.replication(), () -> deliver(partition, store.readBack(partition.id(), expectedVersion)));
    }

    @Override
    public void startFetching(Partition partition, int leader, int leaderEpoch) {
        fetchers.start(partition, leader, leaderEpoch);
    }

    @Override
    public void stopFetching(Partition partition) {
        fetchers.stop(partition);
    }

    @Override
    public void logFailed(Partition partition) {
        offlineLogs.add(List.of(partition.id()));
    }

    private void deliver(Partition partition, CompletionStage<Event> outcome) {
        var unused = outcome.thenAccept(event -> {
            boolean mayChangeRole = event instanceof Event.StateReadBack || event instanceof Event.Unassigned;
            ScheduledExecutorService thread = mayChangeRole ? threads.cluster() : threads.replication();
            thread.execute(() -> deliver(partition, event, thread));
        });
    }

    /**
     * Passes an event on, later if the partition is busy. A partition has one proposal at a time, so its outcomes keep their
     * order.
     *
     * @param thread the thread that calls this
     */
    static void deliver(Partition partition, Event event, ScheduledExecutorService thread) {
        if (!partition.tryHandle(event)) {
            schedule(thread, () -> deliver(partition, event, thread));
        }
    }

    private static void schedule(ScheduledExecutorService thread, Runnable task) {
        long delayMs = ThreadLocalRandom.current().nextLong(RETRY_MS_MIN, RETRY_MS_MAX);
        var unused = thread.schedule(task, delayMs, TimeUnit.MILLISECONDS);
    }
}
