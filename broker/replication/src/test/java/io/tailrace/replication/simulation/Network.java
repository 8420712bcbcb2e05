package io.tailrace.replication.simulation;

import java.util.Arrays;

/**
 * Brokers, clients and the store, and what lies between them. A message takes a while, sometimes a long one, so that one
 * sent later may come first. In bad times it may be lost, or come once more from the buffers of a connection that its
 * sender has given up. A way that is cut carries nothing, in that direction only.
 */
final class Network {
    /** The store's node; brokers are nodes 1 and up, clients those after the brokers. */
    static final int STORE = 0;

    private static final int NODES_MAX = 10;

    private final Cluster cluster;
    private final int[][] cuts = new int[NODES_MAX][NODES_MAX];
    private int badTimes;
    private boolean healed;

    Network(Cluster cluster) {
        this.cluster = cluster;
    }

    /** Whether a connection between the two can stand: it needs both ways. */
    boolean connects(int one, int other) {
        return cuts[one][other] == 0 && cuts[other][one] == 0;
    }

    /** Cuts one way, once more if it is cut. */
    void cut(int from, int to) {
        cuts[from][to]++;
        cluster.reachabilityChanged();
    }

    void mend(int from, int to) {
        cuts[from][to] = Math.max(0, cuts[from][to] - 1);
        cluster.reachabilityChanged();
    }

    /** From now on every message arrives, and soon. */
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

    /** Sends what nobody will send again: it arrives once or not at all. */
    void sendOnce(int from, int to, Runnable delivery) {
        if (badTimes == 0 || !cluster.oneIn(10)) {
            deliver(from, to, delivery);
        }
    }

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

    /** How long a message takes. */
    long delayMs() {
        return !healed && cluster.oneIn(badTimes > 0 ? 6 : cluster.settings.lateOneIn())
                ? cluster.between(20, 400)
                : cluster.between(1, 4);
    }
}
