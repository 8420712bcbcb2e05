package io.tailrace.replication.simulation;

import io.tailrace.replication.Event;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.replication.cluster.TopicPolicy;
import java.util.ArrayList;
import java.util.List;

/**
 * One life of a broker. While it is paused nothing happens in it, and everything that came meanwhile happens when it goes
 * on, before it learns what has become of its session. While its disk is slow, whatever needs the partition waits.
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
    private boolean ended;
    private boolean paused;
    private boolean closing;
    private boolean diskIsSlow;
    private long diskFreeAtMs;
    private ClusterImage image = ClusterImage.empty();
    private int minInsync;

    /** @param cleanEpoch the broker epoch of the life before, if that was ended in order */
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

    /** The cluster as this broker knows it. */
    ClusterImage image() {
        return image;
    }

    /** The topic's policy as this broker knows it. */
    TopicPolicy policy() {
        return cluster.settings.policy(minInsync);
    }

    /** Does it now, or when the process goes on; never if it has ended by then. */
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

    /** Does it once the partition's lock is free, in the order of asking. */
    void onPartition(Runnable work) {
        run(() -> {
            long waitMs = diskFreeAtMs - cluster.timeline.nowMs();
            if (waitMs > 0) {
                cluster.timeline.after(waitMs, () -> onPartition(work));
            } else {
                work.run();
            }
        });
    }

    /** The partition has been written to. */
    void wrote() {
        if (diskIsSlow) {
            diskFreeAtMs = cluster.timeline.nowMs() + cluster.between(2, 60);
        }
    }

    void diskIsSlow(boolean slow) {
        diskIsSlow = slow;
    }

    void pause() {
        cluster.tell(() -> "broker " + id() + " stands still");
        paused = true;
        link.paused();
    }

    void goOn() {
        if (paused) {
            cluster.tell(() -> "broker " + id() + " goes on, " + held.size() + " things wait for it");
            paused = false;
            held.forEach(work -> cluster.timeline.after(0, () -> run(work)));
            held.clear();
        }
    }

    void end() {
        ended = true;
        link.reachabilityChanged();
    }

    /** An image of the cluster has been read: the partition and the controller get to it in their own time. */
    void show(ClusterImage shown, int shownMinInsync) {
        clusterLane.submit(cluster.network.delayMs(), () -> onPartition(() -> follow(shown, shownMinInsync)));
        controllerLane.submit(cluster.network.delayMs(), () -> controller.offer(shown));
    }

    private void follow(ClusterImage shown, int shownMinInsync) {
        if (!shown.brokers().equals(image.brokers())) {
            partition.step(new Event.BrokersChanged(shown.brokers()));
        }
        if (shownMinInsync != minInsync) {
            partition.step(new Event.MinInsyncChanged(shownMinInsync));
        }
        minInsync = shownMinInsync;
        image = shown;
        PartitionImage agreed = cluster.partitionIn(shown);
        agreed.state().ifPresent(state -> partition.step(new Event.StateRead(agreed.assignment(), state)));
    }

    private void tick() {
        onPartition(() -> partition.step(new Event.Tick()));
        later(TICK_MS, this::tick);
    }

    private void flush() {
        later(cluster.between(20, cluster.settings.syncMsMax()), () -> {
            if (!diskIsSlow) {
                broker.disk().sync();
            }
            broker.disk().checkpoint(partition.role().log().highWatermark());
            flush();
        });
    }

    /** Stops in order: hands over what it leads, and leaves the ISR, as far as there is time. */
    void stop(Runnable whenStopped) {
        if (closing || ended) {
            return;
        }
        closing = true;
        cluster.tell(() -> "broker " + id() + " is asked to stop");
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

    /** Whether this broker sees that it shuts down, and that somebody has taken over from it, or nobody could. */
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
        broker.disk().checkpoint(partition.role().log().highWatermark());
        broker.disk().endProperly(link.keptSince());
        link.close();
        broker.stopped(this);
        whenStopped.run();
    }

    /** A thread of the process, which does one thing after the other. */
    final class Lane {
        private long busyUntilMs;

        void submit(long delayMs, Runnable work) {
            busyUntilMs = Math.max(busyUntilMs, cluster.timeline.nowMs() + delayMs);
            later(busyUntilMs - cluster.timeline.nowMs(), work);
        }
    }
}
