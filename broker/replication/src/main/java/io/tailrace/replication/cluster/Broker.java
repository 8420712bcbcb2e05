package io.tailrace.replication.cluster;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A registered broker.
 *
 * @param id the broker's id
 * @param epoch the broker epoch of this registration
 * @param previousEpoch the epoch of the life before, if nothing written in it can have been lost since (a clean stop, or
 *     a session that ended while the process went on), else {@link #NONE}. Under it the broker keeps its place in the
 *     ISR
 * @param rackOrNull its failure domain, null if none is configured
 * @param endpoints where to reach it, at least one
 * @param draining true while it shuts down and wants to lead nothing
 */
public record Broker(
        int id,
        long epoch,
        long previousEpoch,
        @Nullable String rackOrNull,
        List<Endpoint> endpoints,
        boolean draining) {
    /** No such epoch. */
    public static final long NONE = -1;

    public Broker {
        endpoints = List.copyOf(endpoints);
        if (id < 0) {
            throw new IllegalArgumentException("broker id must not be negative, is " + id);
        }
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("broker " + id + " must have at least one endpoint");
        }
    }

    /** The failure domain, if one is configured. */
    public Optional<String> rack() {
        return Optional.ofNullable(rackOrNull);
    }

    /** This life of the broker. */
    public Incarnation incarnation() {
        return new Incarnation(id, epoch);
    }

    /** The endpoint of the named listener. */
    public Optional<Endpoint> endpoint(String listener) {
        return endpoints.stream().filter(e -> e.listener().equals(listener)).findFirst();
    }

    /** True if {@code member} is this broker now, or was before and lost nothing since. */
    public boolean continues(Incarnation member) {
        return member.brokerId() == id
                && (member.brokerEpoch() == epoch || (previousEpoch != NONE && member.brokerEpoch() == previousEpoch));
    }
}
