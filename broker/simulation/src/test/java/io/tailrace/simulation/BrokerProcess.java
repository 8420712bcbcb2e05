package io.tailrace.simulation;

import io.tailrace.replication.Event;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.replication.cluster.TopicPolicy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * One process of a broker. While it is paused it does nothing; when it resumes it does what arrived meanwhile, before it
 * learns that its session has ended. While its disk is slow, work that needs the partition waits.
 */
final class BrokerProcess {
    private static final long TICK_MS = 50;
    private static final long DRAIN_MS_MAX = 400;

    private final Cluster cluster;
    private final SimulatedBroker broker;
    private final SimulatedPartition partition;
    private final SimulatedController controller;
    private final StoreLink link;
    private final Lane clusterLane = new Lane();
    private final Lane controllerLane = new Lane();
    private final List<Runnable> held = new ArrayList<>();
    private final Deque<Runnable> lockQueue = new ArrayDeque<>();
    private boolean lockAwaited;
    private boolean ended;
    private boolean paused;
    private boolean closing;
    private boolean diskIsSlow;
    private long diskFreeAtMs;
    private ClusterImage image = ClusterImage.empty();
    private int minInsync;

    /** @param cleanEpoch the broker epoch of the process before, if it stopped cleanly */
    BrokerProcess(Cluster cluster, SimulatedBroker broker, long cleanEpoch) {
        this.cluster = cluster;
        this.broker = broker;
        minInsync = cluster.settings.minInsync();
        partition = new SimulatedPartition(cluster, this);
        controller = new SimulatedController(cluster, this);
        link = new StoreLink(cluster, this, cleanEpoch);
    }

    void start() {
        link.start();
        tick();
        flush();
    }

    int id() {
        return broker.id();
    }

    Cluster cluster() {
        return cluster;
    }

    SimulatedBroker broker() {
        return broker;
    }

    SimulatedPartition partition() {
        return partition;
    }

    SimulatedController controller() {
        return controller;
    }

    StoreLink link() {
        return link;
    }

    Lane clusterLane() {
        return clusterLane;
    }

    boolean ended() {
        return ended;
    }

    boolean paused() {
        return paused;
    }

    /** This broker's image of the cluster. */
    ClusterImage image() {
        return image;
    }

    /** The topic's policy in this broker's image. */
    TopicPolicy policy() {
        return cluster.settings.policy(minInsync);
    }

    /** Does the work now, or when the process resumes; not if it has ended by then. */
    void run(Runnable work) {
        if (ended) {
            return;
        }
        if (paused) {
            held.add(work);
        } else {
            work.run();
        }
    }

    void later(long delayMs, Runnable work) {
        cluster.timeline.after(delayMs, () -> run(work));
    }

    /** Does the work once the partition's lock is free, in the order of the calls. */
    void onPartition(Runnable work) {
        run(() -> {
            lockQueue.add(work);
            if (!lockAwaited) {
                runLockQueue();
            }
        });
    }

    private void runLockQueue() {
        lockAwaited = false;
        while (!lockQueue.isEmpty() && !ended) {
            long waitMs = diskFreeAtMs - cluster.timeline.nowMs();
            if (waitMs > 0) {
                lockAwaited = true;
                later(waitMs, this::runLockQueue);
                return;
            }
            lockQueue.remove().run();
        }
    }

    /** The partition was written to: a slow disk keeps its lock for a while. */
    void wrote() {
        if (diskIsSlow) {
            diskFreeAtMs = cluster.timeline.nowMs() + cluster.between(2, 60);
        }
    }

    void diskIsSlow(boolean slow) {
        diskIsSlow = slow;
    }

    void pause() {
        cluster.tell(() -> "broker " + id() + " is paused");
        paused = true;
        link.paused();
    }

    void resume() {
        if (paused) {
            cluster.tell(() -> "broker " + id() + " resumes, with " + held.size() + " tasks waiting");
            paused = false;
            held.forEach(work -> cluster.timeline.after(0, () -> run(work)));
            held.clear();
        }
    }

    void end() {
        ended = true;
        link.reachabilityChanged();
    }

    /** The broker read an image of the cluster. The partition and the controller handle it on their own threads. */
    void show(ClusterImage shown, int shownMinInsync) {
        clusterLane.submit(cluster.network.delayMs(), () -> onPartition(() -> follow(shown, shownMinInsync)));
        controllerLane.submit(cluster.network.delayMs(), () -> controller.offer(shown));
    }

    private void follow(ClusterImage shown, int shownMinInsync) {
        if (!shown.brokers().equals(image.brokers())) {
            partition.handle(new Event.BrokersChanged(shown.brokers()));
        }
        if (shownMinInsync != minInsync) {
            partition.setMinInsync(shownMinInsync);
        }
        minInsync = shownMinInsync;
        image = shown;
        PartitionImage agreed = cluster.partitionIn(shown);
        agreed.state().ifPresent(state -> partition.handle(new Event.StateRead(agreed.assignment(), state)));
    }

    private void tick() {
        onPartition(() -> partition.handle(new Event.Tick()));
        later(TICK_MS, this::tick);
    }

    private void flush() {
        later(cluster.between(20, cluster.settings.syncMsMax()), () -> {
            if (!diskIsSlow) {
                broker.disk().sync();
            }
            broker.disk().checkpoint(partition.replica().log().highWatermark());
            flush();
        });
    }

    /** Stops cleanly: hands its leadership over and leaves the ISR, as far as time permits. */
    void stop(Runnable whenStopped) {
        if (closing || ended) {
            return;
        }
        closing = true;
        cluster.tell(() -> "broker " + id() + " begins to stop");
        link.drain();
        awaitDrained(cluster.timeline.nowMs() + DRAIN_MS_MAX, whenStopped);
    }

    private void awaitDrained(long untilMs, Runnable whenStopped) {
        if (isDrained() || cluster.timeline.nowMs() >= untilMs) {
            onPartition(() -> close(whenStopped));
        } else {
            later(5, () -> awaitDrained(untilMs, whenStopped));
        }
    }

    /** Whether this broker sees its shutdown, and that it has left the ISR or no other member could stay. */
    private boolean isDrained() {
        PartitionState state = cluster.partitionIn(image).stateOrNull();
        return image.broker(id()).filter(Broker::draining).isPresent()
                && (state == null
                        || !state.isrIds().contains(id())
                        || state.isrIds().stream()
                                .flatMap(member -> image.broker(member).stream())
                                .noneMatch(other -> other.id() != id() && !other.draining()));
    }

    private void close(Runnable whenStopped) {
        cluster.store.resign(link.session());
        broker.disk().checkpoint(partition.replica().log().highWatermark());
        broker.disk().stoppedCleanly(link.keptSince());
        link.close();
        broker.stopped(this);
        whenStopped.run();
    }

    /** A thread of the process, which does its tasks in order. */
    final class Lane {
        private long busyUntilMs;

        void submit(long delayMs, Runnable work) {
            busyUntilMs = Math.max(busyUntilMs, cluster.timeline.nowMs() + delayMs);
            later(busyUntilMs - cluster.timeline.nowMs(), work);
        }
    }
}
