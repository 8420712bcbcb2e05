package io.tailrace.replication.simulation;

import io.tailrace.replication.Follower;
import io.tailrace.replication.FollowerFetch;
import io.tailrace.replication.cluster.Incarnation;

/** Copies from the leader: one fetch at a time, made from the role as it is then. An answer to an earlier one is not heard. */
final class Following {
    private static final int NOBODY = -1;
    private static final long TIMEOUT_MS = 120;

    private final Cluster cluster;
    private final BrokerProcess process;
    private final SimulatedPartition partition;
    private int leader = NOBODY;
    private int leaderEpoch;
    private int fetchesMade;
    private boolean underWay;

    Following(Cluster cluster, BrokerProcess process, SimulatedPartition partition) {
        this.cluster = cluster;
        this.process = process;
        this.partition = partition;
    }

    void start(int newLeader, int newLeaderEpoch) {
        // A connection to another broker is another one: nobody waits for an answer on the old one.
        underWay = underWay && newLeader == leader;
        leader = newLeader;
        leaderEpoch = newLeaderEpoch;
        fetchAfter(0);
    }

    void stop() {
        leader = NOBODY;
    }

    private void fetchAfter(long delayMs) {
        process.later(delayMs, () -> process.onPartition(this::fetch));
    }

    private void fetch() {
        if (underWay
                || leader == NOBODY
                || !(partition.role() instanceof Follower follower)
                || !follower.follows(leaderEpoch)) {
            return;
        }
        FollowerFetch fetch = new FollowerFetch(
                new Incarnation(process.id(), process.link().epoch()),
                leaderEpoch,
                follower.log().endOffset(),
                follower.log().epochs().latest());
        int number = ++fetchesMade;
        int asked = leader;
        underWay = true;
        cluster.network.send(
                process.id(),
                asked,
                () -> cluster.ask(asked, leading -> leading.partition().fetch(fetch, answer -> {
                    cluster.network.send(
                            asked,
                            process.id(),
                            () -> process.onPartition(() -> {
                                if (isAwaited(number)) {
                                    underWay = false;
                                    boolean goOn = partition.take(fetch, answer);
                                    fetchAfter(goOn ? 0 : cluster.between(10, 40));
                                }
                            }));
                })));
        process.later(TIMEOUT_MS, () -> {
            if (isAwaited(number)) {
                underWay = false;
                fetchAfter(cluster.between(0, 20));
            }
        });
    }

    private boolean isAwaited(int number) {
        return underWay && number == fetchesMade;
    }
}
