package io.tailrace.simulation;

import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.Endpoint;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.replication.cluster.TopicImage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * ZooKeeper: registrations that last as long as their session, the controller's election, and one partition's state, which is
 * changed by compare-and-set. Operations take no time here; {@link StoreLink} delays requests and answers.
 */
final class Store {
    static final String TOPIC = "web";

    /** A broker's session. */
    static final class Session {
        final BrokerProcess owner;
        boolean expired;

        Session(BrokerProcess owner) {
            this.owner = owner;
        }
    }

    private record Registration(Broker broker, Session session) {}

    /** The outcome of a controller's write. */
    enum Outcome {
        DONE,
        CONFLICT,
        REPLACED
    }

    private final Cluster cluster;
    private final PartitionAssignment assignment;
    private final SortedMap<Integer, Registration> registrations = new TreeMap<>();
    private @Nullable Session controller;
    private int controllerEpoch;
    private @Nullable PartitionState state;
    private int minInsync;
    private long lastBrokerEpoch;
    private ClusterImage image = ClusterImage.empty();

    Store(Cluster cluster, List<Integer> replicas) {
        this.cluster = cluster;
        assignment = PartitionAssignment.of(replicas);
        minInsync = cluster.settings.minInsync();
        changed();
    }

    ClusterImage image() {
        return image;
    }

    Optional<PartitionState> state() {
        return Optional.ofNullable(state);
    }

    PartitionAssignment assignment() {
        return assignment;
    }

    int minInsync() {
        return minInsync;
    }

    /**
     * Registers a broker, whose epoch is returned. A node of an earlier session of its own is deleted instead, and
     * nothing returned: ask again.
     */
    long register(Session session, long previousEpoch, boolean draining) {
        int id = session.owner.id();
        Registration there = registrations.get(id);
        if (there != null && there.session != session) {
            registrations.remove(id);
            changed();
            return Broker.NONE;
        }
        if (there == null) {
            lastBrokerEpoch++;
            there = new Registration(broker(id, lastBrokerEpoch, previousEpoch, draining), session);
            registrations.put(id, there);
            if (!session.owner.ended()) {
                session.owner.broker().registered(lastBrokerEpoch);
            }
            changed();
        }
        return there.broker.epoch();
    }

    /** Whether a broker is registered in this session under this epoch. */
    boolean isRegistered(Session session, long epoch) {
        Registration there = registrations.get(session.owner.id());
        return there != null && there.session == session && there.broker.epoch() == epoch;
    }

    boolean drain(Session session) {
        Registration there = registrations.get(session.owner.id());
        if (there != null && there.session == session) {
            Broker broker = there.broker;
            registrations.put(
                    broker.id(),
                    new Registration(broker(broker.id(), broker.epoch(), broker.previousEpoch(), true), session));
            changed();
        }
        return true;
    }

    /** Ends a session, and with it whatever it held. */
    void expire(Session session) {
        if (session.expired) {
            return;
        }
        session.expired = true;
        Registration there = registrations.get(session.owner.id());
        boolean registered = there != null && there.session == session;
        if (registered) {
            registrations.remove(session.owner.id());
        }
        if (controller == session) {
            controller = null;
        }
        changed();
    }

    /** The next controller epoch for who stands, unless another broker is controller. */
    OptionalInt elect(Session session) {
        if (controller != null && controller.owner.id() != session.owner.id()) {
            return OptionalInt.empty();
        }
        controller = session;
        controllerEpoch++;
        changed();
        return OptionalInt.of(controllerEpoch);
    }

    void resign(Session session) {
        if (controller == session) {
            controller = null;
            changed();
        }
    }

    Outcome writeAsController(int mandate, PartitionState next) {
        if (!isNewestController(mandate)) {
            return Outcome.REPLACED;
        }
        cluster.invariants.controllerWrites(mandate, controllerEpoch);
        return write(next) ? Outcome.DONE : Outcome.CONFLICT;
    }

    /** A leader's proposal; empty if it is refused. */
    Optional<PartitionState> propose(PartitionState next) {
        return write(next) ? state() : Optional.empty();
    }

    void setMinInsync(int replicas) {
        minInsync = replicas;
        changed();
    }

    private boolean write(PartitionState next) {
        if (!isAt(next.version())) {
            return false;
        }
        PartitionState written = next.withVersion((state == null ? PartitionState.NOT_WRITTEN : state.version()) + 1);
        state().ifPresent(before -> cluster.invariants.stateChanges(before, written));
        cluster.invariants.somethingChanged();
        cluster.promises.stateWritten(written, minInsync);
        state = written;
        cluster.tell(() -> "store: " + written);
        changed();
        return true;
    }

    boolean isNewestController(int mandate) {
        return mandate == controllerEpoch;
    }

    boolean isAt(int version) {
        return version == (state == null ? PartitionState.NOT_WRITTEN : state.version());
    }

    private void changed() {
        TreeMap<Integer, Broker> brokers = new TreeMap<>();
        registrations.forEach((id, registration) -> brokers.put(id, registration.broker));
        TopicImage topic =
                new TopicImage(TOPIC, new UUID(0, 1), List.of(new PartitionImage(assignment, state)), Map.of());
        int controllerId = controller == null ? ClusterImage.NO_CONTROLLER : controller.owner.id();
        image = new ClusterImage("c", brokers, new TreeMap<>(Map.of(TOPIC, topic)), Set.of(), controllerId);
        cluster.storeChanged(image, minInsync);
    }

    private static Broker broker(int id, long epoch, long previousEpoch, boolean draining) {
        return new Broker(
                id, epoch, previousEpoch, null, List.of(new Endpoint("PLAINTEXT", "host" + id, 9092)), draining);
    }
}
