package io.tailrace.coordination;

import io.tailrace.replication.cluster.ClusterImage;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Settings of brokers that are made while they run, below {@code /config/brokers} as Kafka has them. A change is done when its
 * method returns; it is in force once it has come back in an image, as {@link ClusterImage#brokerConfigs}.
 *
 * <p>Calls block: not for an event loop. Safe between threads.
 */
public final class BrokerConfigs {
    private final ConditionalWrites writes;

    public BrokerConfigs(ZooKeeperSession session) {
        writes = new ConditionalWrites(session);
        session.createIfMissing(ZNodes.BROKER_CONFIGS, new byte[0]);
    }

    /**
     * Changes settings of one broker or all, atomically.
     *
     * @param broker the broker's id, whether it is registered or not, or {@link ClusterImage#ALL_BROKERS}
     * @param change what becomes of the settings there are, by key; asked again if others were faster
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
