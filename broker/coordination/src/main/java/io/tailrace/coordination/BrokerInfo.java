package io.tailrace.coordination;

import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.Endpoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a broker registers.
 *
 * @param id the broker's id
 * @param owner different for each set of log directories: distinguishes a node this broker left behind from one of another
 *     broker with the same id
 * @param rackOrNull its failure domain, null if none is configured
 * @param endpoints where clients and brokers reach it; at least one
 * @param previousEpoch the earliest broker epoch since which no write can have been lost, if the previous process stopped
 *     cleanly; else {@link Broker#NONE}
 */
public record BrokerInfo(
        int id, String owner, @Nullable String rackOrNull, List<Endpoint> endpoints, long previousEpoch) {
    public BrokerInfo {
        endpoints = List.copyOf(endpoints);
    }
}
