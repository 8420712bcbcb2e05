package io.tailrace.simulation;

import java.util.Arrays;

/**
 * The links between brokers, clients and the store. Messages are delayed, sometimes for long, and can overtake each other. In
 * bad times a message may be lost, or arrive twice: from the buffers of a connection that its sender has given up. A cut link
 * carries nothing, in that direction only.
 */
final class Network {
    /** The store's node; brokers are nodes from 1, clients follow. */
    static final int STORE = 0;

    private static final int NODES_MAX = 11;

    private final Cluster cluster;
    private final int[][] cuts = new int[NODES_MAX][NODES_MAX];
    private int badTimes;
    private boolean healed;

    Network(Cluster cluster) {
        this.cluster = cluster;
    }

    /** Whether the two can be connected, which needs both directions. */
    boolean connects(int one, int other) {
        return cuts[one][other] == 0 && cuts[other][one] == 0;
    }

    /** Cuts one direction. Each cut needs its own {@link #mend}. */
    void cut(int from, int to) {
        cuts[from][to]++;
        cluster.reachabilityChanged();
    }

    void mend(int from, int to) {
        cuts[from][to] = Math.max(0, cuts[from][to] - 1);
        cluster.reachabilityChanged();
    }

    /** From now on every message arrives soon. */
    void heal() {
        for (int[] row : cuts) {
            Arrays.fill(row, 0);
        }
        badTimes = 0;
        healed = true;
        cluster.reachabilityChanged();
    }

    void badTimesBegin() {
        badTimes++;
    }

    void badTimesEnd() {
        badTimes = Math.max(0, badTimes - 1);
    }

    /** Sends a message that is not retried: it arrives once or not at all. */
    void sendOnce(int from, int to, Runnable delivery) {
        if (badTimes == 0 || !cluster.oneIn(10)) {
            deliver(from, to, delivery);
        }
    }

    /** Sends a message that its sender retries: it may arrive twice. */
    void send(int from, int to, Runnable delivery) {
        sendOnce(from, to, delivery);
        if (badTimes > 0 && cluster.oneIn(10)) {
            deliver(from, to, delivery);
        }
    }

    private void deliver(int from, int to, Runnable delivery) {
        cluster.timeline.after(delayMs(), () -> {
            if (cuts[from][to] == 0) {
                delivery.run();
            }
        });
    }

    /** The delay of a message. */
    long delayMs() {
        return !healed && cluster.oneIn(badTimes > 0 ? 6 : cluster.settings.lateOneIn())
                ? cluster.between(20, 400)
                : cluster.between(1, 4);
    }
}
