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

/** Carries partitions' proposals to ZooKeeper, and what came of them back; starts and stops copying. Thread-safe. */
final class StorePort implements ClusterActions {
    private static final long RETRY_MS_MIN = 50;
    private static final long RETRY_MS_MAX = 200;

    private final PartitionStateStore store;
    private final ScheduledExecutorService executor;
    private final Fetchers fetchers;
    private final OfflineLogs offlineLogs;

    /** @param executor tells partitions what came of their proposals */
    StorePort(
            PartitionStateStore store, ScheduledExecutorService executor, Fetchers fetchers, OfflineLogs offlineLogs) {
        this.store = store;
        this.executor = executor;
        this.fetchers = fetchers;
        this.offlineLogs = offlineLogs;
    }

    @Override
    public void propose(Partition partition, PartitionState next) {
        tell(partition, store.propose(partition.id(), next));
    }

    @Override
    public void readBack(Partition partition, int expectedVersion) {
        // Later and not at once: while ZooKeeper is away, every answer asks for another try.
        long delayMs = ThreadLocalRandom.current().nextLong(RETRY_MS_MIN, RETRY_MS_MAX);
        var unused = executor.schedule(
                () -> tell(partition, store.readBack(partition.id(), expectedVersion)), delayMs, TimeUnit.MILLISECONDS);
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

    private void tell(Partition partition, CompletionStage<Event> answer) {
        var unused = answer.thenAccept(event -> executor.execute(() -> partition.handle(event)));
    }
}
