package io.tailrace.simulation;

import io.tailrace.replication.Event;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.ClusterImage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A broker's connection to the store, its session and its registration. A call over a connection that breaks may or may not
 * be executed. A session ends after silence of its timeout; the broker learns this by its own clock or when it reconnects,
 * whichever is first.
 */
final class StoreLink {
    private static final long SESSION_MS = 300;

    /** The store may end a session this early. */
    private static final long LEASE_MS = SESSION_MS * 2 / 3;

    private final Cluster cluster;
    private final BrokerProcess process;
    private Store.Session session;
    private boolean connected;
    /** Counts connections made and broken. An answer on an earlier connection is ignored. */
    private int connection;

    private boolean lost;
    private boolean draining;
    private long epoch = Broker.NONE;
    private long previousEpoch;
    private long leaseEndMs;

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

    /** A link was cut or repaired, or the process started or ended. */
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

    /** The process is paused, so the store hears nothing from it. */
    void paused() {
        expireUnless(() -> !process.paused());
    }

    /** The store ends the session without a reason. */
    void expire() {
        cluster.tell(() -> "store: the session of broker " + process.id() + " expires");
        cluster.store.expire(session);
        connection++;
        process.later(cluster.between(1, 30), this::connect);
    }

    private void expireUnless(Supplier<Boolean> heardFrom) {
        Store.Session silent = session;
        cluster.timeline.after(SESSION_MS - cluster.between(0, SESSION_MS - LEASE_MS), () -> {
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
            cluster.tell(() -> "broker " + process.id() + " detects the loss of its session");
            process.onPartition(() -> process.partition().handle(new Event.SessionLost()));
            process.clusterLane().submit(0, () -> reportRegistration(Broker.NONE));
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

    /** The earliest epoch since which the broker has lost nothing. */
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
        process.clusterLane().submit(cluster.between(0, 5), () -> reportRegistration(newEpoch));
        process.show(cluster.store.image(), cluster.store.minInsync());
    }

    private void reportRegistration(long brokerEpoch) {
        process.onPartition(() -> process.partition().handle(new Event.Registered(brokerEpoch)));
    }

    /** Asks for leases from now on, as the real broker does, and lets requests that wait for a leader end without one. */
    void keepLease() {
        long askedMs = cluster.timeline.nowMs();
        call(
                () -> cluster.store.isRegistered(session, epoch),
                isRegistered -> {
                    if (isRegistered) {
                        leaseEndMs = askedMs + LEASE_MS;
                    }
                },
                () -> {});
        if (!holdsLease()) {
            process.onPartition(process.partition()::leaseEnded);
        }
        process.later(LEASE_MS / 4, this::keepLease);
    }

    /** Whether the store cannot have ended the session yet. */
    boolean holdsLease() {
        return !lost && cluster.timeline.nowMs() < leaseEndMs;
    }

    /** Marks the registration: the broker shuts down. */
    void drain() {
        draining = true;
        call(() -> cluster.store.drain(session), done -> {}, () -> {});
    }

    /** Ends the session, if there is a connection. */
    void close() {
        if (connected) {
            cluster.store.expire(session);
        }
    }

    /** The store changed; ignored without a session. */
    void changed(ClusterImage image, int minInsync) {
        if (connected && !session.expired && !lost && epoch != Broker.NONE) {
            process.show(image, minInsync);
        }
    }

    /** Calls the store: gives the result to {@code answer}, or runs {@code unknown} if it is lost. */
    <T> void call(Supplier<T> operation, Consumer<T> answer, Runnable unknown) {
        if (!connected) {
            process.later(cluster.between(5, 40), unknown);
            return;
        }
        int used = connection;
        Store.Session caller = session;
        cluster.timeline.after(cluster.between(1, 5), () -> {
            // A call in flight when the connection broke may still be executed while the session exists.
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
