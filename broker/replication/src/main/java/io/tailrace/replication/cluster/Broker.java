package io.tailrace.replication.cluster;

import io.tailrace.protocol.TopicPartition;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A registered broker.
 *
 * @param id the broker's id
 * @param epoch the broker epoch of this registration
 * @param previousEpoch the earliest of its epochs since which nothing it wrote can have been lost, because it stopped cleanly
 *     or only its session ended; otherwise {@link #NONE}. It keeps its memberships under all epochs since then, even if
 *     several sessions ended before the controller saw one of them
 * @param rackOrNull its failure domain, null if none is configured
 * @param endpoints its addresses, at least one
 * @param draining true while it shuts down and hands its leaderships over
 * @param offline partitions whose logs it cannot use until it is restarted
 */
public record Broker(
        int id,
        long epoch,
        long previousEpoch,
        @Nullable String rackOrNull,
        List<Endpoint> endpoints,
        boolean draining,
        Set<TopicPartition> offline) {
    /** No such epoch. */
    public static final long NONE = -1;

    public Broker {
        endpoints = List.copyOf(endpoints);
        offline = Set.copyOf(offline);
        if (id < 0) {
            throw new IllegalArgumentException("broker id must not be negative, is " + id);
        }
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("broker " + id + " must have at least one endpoint");
        }
    }

    /** A broker that can use all its logs. */
    public Broker(
            int id,
            long epoch,
            long previousEpoch,
            @Nullable String rackOrNull,
            List<Endpoint> endpoints,
            boolean draining) {
        this(id, epoch, previousEpoch, rackOrNull, endpoints, draining, Set.of());
    }

    /** The failure domain, if one is configured. */
    public Optional<String> rack() {
        return Optional.ofNullable(rackOrNull);
    }

    /** The broker under its current epoch. */
    public Incarnation incarnation() {
        return new Incarnation(id, epoch);
    }

    /** The endpoint of the named listener. */
    public Optional<Endpoint> endpoint(String listener) {
        return endpoints.stream().filter(e -> e.listener().equals(listener)).findFirst();
    }

    /** Whether {@code member} is this broker, under this epoch or one since which it lost nothing. */
    public boolean continues(Incarnation member) {
        return member.brokerId() == id
                && member.brokerEpoch() <= epoch
                && member.brokerEpoch() >= (previousEpoch == NONE ? epoch : previousEpoch);
    }
}
