package io.tailrace.replication.simulation;

import io.tailrace.replication.Event;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.ClusterImage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A broker's connection to the store, its session and its registration. A call over a connection that breaks may or may not
 * have been done. A session ends when nothing was heard for its time; the broker finds out by its own clock, or when it
 * is connected again, whichever is first.
 */
final class StoreLink {
    private static final long SESSION_MS = 300;

    private final Cluster cluster;
    private final BrokerProcess process;
    private Store.Session session;
    private boolean connected;
    /** Counts connections made and broken: an answer on an earlier one is not heard. */
    private int connection;

    private boolean lost;
    private boolean draining;
    private long epoch = Broker.NONE;
    private long previousEpoch;

    StoreLink(Cluster cluster, BrokerProcess process, long cleanEpoch) {
        this.cluster = cluster;
        this.process = process;
        this.session = new Store.Session(process);
        this.previousEpoch = cleanEpoch;
    }

    /** The broker epoch it was registered under last. */
    long epoch() {
        return epoch;
    }

    Store.Session session() {
        return session;
    }

    void start() {
        reachabilityChanged();
    }

    /** Ways were cut or mended, or the process came or went. */
    void reachabilityChanged() {
        boolean reachable = !process.ended() && cluster.network.connects(process.id(), Network.STORE);
        if (reachable == connected) {
            return;
        }
        connected = reachable;
        int now = ++connection;
        if (connected) {
            process.later(cluster.between(1, 40), this::connect);
        } else {
            expireUnless(() -> connection != now);
            process.later(SESSION_MS + cluster.between(0, 20), () -> {
                if (connection == now) {
                    loseSession();
                }
            });
        }
    }

    /** The process stands still, and the store hears nothing from it. */
    void paused() {
        expireUnless(() -> !process.paused());
    }

    /** The store ends the session of its own accord. */
    void expire() {
        cluster.tell(() -> "store: the session of broker " + process.id() + " expires");
        cluster.store.expire(session);
        connection++;
        process.later(cluster.between(1, 30), this::connect);
    }

    private void expireUnless(Supplier<Boolean> heardFrom) {
        Store.Session silent = session;
        cluster.timeline.after(SESSION_MS - cluster.between(0, SESSION_MS / 3), () -> {
            if (!heardFrom.get() && !silent.expired) {
                cluster.tell(() -> "store: the session of broker " + process.id() + " times out");
                cluster.store.expire(silent);
                if (connected && silent == session) {
                    connection++;
                    process.later(cluster.between(1, 30), this::connect);
                }
            }
        });
    }

    private void connect() {
        if (!connected) {
            return;
        }
        if (session.expired) {
            loseSession();
        }
        if (lost) {
            session = new Store.Session(process);
        }
        register();
    }

    private void loseSession() {
        if (!lost) {
            lost = true;
            cluster.tell(() -> "broker " + process.id() + " finds its session lost");
            process.onPartition(() -> process.partition().step(new Event.SessionLost()));
            process.clusterLane().submit(0, () -> tellRegistration(Broker.NONE));
        }
    }

    private void register() {
        call(
                () -> cluster.store.register(session, keptSince(), draining),
                registered -> {
                    if (registered == Broker.NONE) {
                        register();
                    } else {
                        registered(registered);
                    }
                },
                () -> process.later(cluster.between(20, 60), this::connect));
    }

    /** The earliest epoch since which nothing can have been lost. */
    long keptSince() {
        return previousEpoch == Broker.NONE ? epoch : previousEpoch;
    }

    private void registered(long newEpoch) {
        if (newEpoch != epoch) {
            cluster.tell(() -> "broker " + process.id() + " is registered under " + newEpoch);
            previousEpoch = keptSince();
        }
        epoch = newEpoch;
        lost = false;
        process.clusterLane().submit(cluster.between(0, 5), () -> tellRegistration(newEpoch));
        process.show(cluster.store.image(), cluster.store.minInsync());
    }

    private void tellRegistration(long brokerEpoch) {
        process.onPartition(() -> process.partition().step(new Event.Registered(brokerEpoch)));
    }

    /** Tells the store that the broker shuts down. */
    void drain() {
        draining = true;
        call(() -> cluster.store.drain(session), done -> {}, () -> {});
    }

    /** Takes the registration back, if there is a connection. */
    void close() {
        if (connected) {
            cluster.store.expire(session);
        }
    }

    /** News from the store, if they come through. */
    void changed(ClusterImage image, int minInsync) {
        if (connected && !session.expired && !lost && epoch != Broker.NONE) {
            process.show(image, minInsync);
        }
    }

    /** Does something at the store: {@code answer} is told what came of it, or else {@code unknown} is run. */
    <T> void call(Supplier<T> operation, Consumer<T> answer, Runnable unknown) {
        if (!connected) {
            process.later(cluster.between(5, 40), unknown);
            return;
        }
        int used = connection;
        Store.Session caller = session;
        cluster.timeline.after(cluster.between(1, 5), () -> {
            // What was on its way when the connection broke may still be done, as long as the session is there.
            boolean arrives = connection == used || cluster.oneIn(2);
            T result = arrives && !caller.expired ? operation.get() : null;
            cluster.timeline.after(
                    cluster.between(1, 5), () -> process.run(() -> heard(used, result, answer, unknown)));
        });
    }

    private <T> void heard(int used, @Nullable T result, Consumer<T> answer, Runnable unknown) {
        if (connection == used && result != null) {
            answer.accept(result);
        } else {
            unknown.run();
        }
    }
}
