package io.tailrace.coordination;

import io.tailrace.replication.cluster.ClusterImage;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Dynamic settings of brokers, below {@code /config/brokers} as in Kafka. A change is stored when its method returns, and in
 * force once an image shows it in {@link ClusterImage#brokerConfigs}.
 *
 * <p>Calls block: not for an event loop. Thread-safe.
 */
public final class BrokerConfigs {
    private final ConditionalWrites writes;

    public BrokerConfigs(ZooKeeperSession session) {
        writes = new ConditionalWrites(session);
        session.createIfMissing(ZNodes.BROKER_CONFIGS, new byte[0]);
    }

    /**
     * Changes settings of one broker or of all, atomically.
     *
     * @param broker the broker's id, registered or not, or {@link ClusterImage#ALL_BROKERS}
     * @param change maps the current settings to the new ones; called again after a conflict with another change
     * @throws TopicException INVALID_CONFIG if the settings do not fit in a node; or as {@code change} does
     * @throws CoordinationException if ZooKeeper does not answer
     */
    public void configure(String broker, UnaryOperator<Map<String, String>> change) {
        if (!broker.equals(ClusterImage.ALL_BROKERS) && !broker.matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException(
                    "broker must be an id or " + ClusterImage.ALL_BROKERS + ", is '" + broker + "'");
        }
        writes.configure("configure broker " + broker, ZNodes.brokerConfig(broker), change);
    }
}
