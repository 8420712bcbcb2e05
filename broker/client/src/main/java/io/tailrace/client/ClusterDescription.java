package io.tailrace.client;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A cluster as one of its brokers sees it.
 *
 * @param clusterId the cluster's id
 * @param controllerId the controller's id, or empty while there is none
 * @param nodes the live brokers
 */
public record ClusterDescription(String clusterId, OptionalInt controllerId, List<Node> nodes) {

    /**
     * A broker.
     *
     * @param id its {@code broker.id}
     * @param host the host it advertises
     * @param port the port it advertises
     * @param rack its failure domain, if it has one
     */
    public record Node(int id, String host, int port, Optional<String> rack) {}
}
