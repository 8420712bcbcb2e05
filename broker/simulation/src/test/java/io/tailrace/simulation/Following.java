package io.tailrace.simulation;

import io.tailrace.replication.Follower;
import io.tailrace.replication.FollowerFetch;
import io.tailrace.replication.cluster.Incarnation;

/** Copies from the leader with one fetch at a time, made from the current role. Answers to earlier fetches are ignored. */
final class Following {
    private static final int NONE = -1;
    private static final long TIMEOUT_MS = 120;

    private final Cluster cluster;
    private final BrokerProcess process;
    private final SimulatedPartition partition;
    private int leader = NONE;
    private int leaderEpoch;
    private int fetchesMade;
    private boolean inFlight;

    Following(Cluster cluster, BrokerProcess process, SimulatedPartition partition) {
        this.cluster = cluster;
        this.process = process;
        this.partition = partition;
    }

    void start(int newLeader, int newLeaderEpoch) {
        // The connection to another broker is a new one: an answer on the old one is not awaited.
        inFlight = inFlight && newLeader == leader;
        leader = newLeader;
        leaderEpoch = newLeaderEpoch;
        fetchAfter(0);
    }

    void stop() {
        leader = NONE;
    }

    private void fetchAfter(long delayMs) {
        process.later(delayMs, () -> process.onPartition(this::fetch));
    }

    private void fetch() {
        if (inFlight
                || leader == NONE
                || !(partition.replica() instanceof Follower follower)
                || !follower.follows(leaderEpoch)) {
            return;
        }
        FollowerFetch fetch = new FollowerFetch(
                new Incarnation(process.id(), process.link().epoch()),
                leaderEpoch,
                follower.log().endOffset(),
                follower.log().epochs().latest(),
                follower.log().startOffset());
        int number = ++fetchesMade;
        int asked = leader;
        inFlight = true;
        cluster.network.send(
                process.id(),
                asked,
                () -> cluster.ask(asked, leading -> leading.partition().fetch(fetch, answer -> {
                    cluster.network.send(
                            asked,
                            process.id(),
                            () -> process.onPartition(() -> {
                                if (isAwaited(number)) {
                                    inFlight = false;
                                    boolean applied = partition.take(fetch, answer);
                                    fetchAfter(applied ? 0 : cluster.between(10, 40));
                                }
                            }));
                })));
        process.later(TIMEOUT_MS, () -> {
            if (isAwaited(number)) {
                inFlight = false;
                fetchAfter(cluster.between(0, 20));
            }
        });
    }

    private boolean isAwaited(int number) {
        return inFlight && number == fetchesMade;
    }
}
