package io.tailrace.agent;

import io.tailrace.client.Admin;
import io.tailrace.client.ClientConfig;
import io.tailrace.client.ClientException;
import io.tailrace.client.ConfigEntry;
import io.tailrace.client.NewTopic;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates topics on the brokers, with a connection for each call. Thread-safe. */
final class BrokerTopics implements Connections.Topics {
    private static final Logger log = LoggerFactory.getLogger(BrokerTopics.class);
    private static final String CLEANUP_POLICY = "cleanup.policy";
    private static final String COMPACT = "compact";

    private final ClientConfig config;

    BrokerTopics(ClientConfig config) {
        this.config = config;
    }

    @Override
    public void createCompacted(String topic) {
        createCompacted(topic, 1, Map.of());
    }

    /** Creates a compacted topic, unless it exists, with further configuration. May wait, and throws what the interface's method does. */
    void createCompacted(String topic, int partitions, Map<String, String> configuration) {
        try (Admin admin = Admin.create(config)) {
            if (!admin.topics(true).contains(topic)) {
                create(admin, topic, partitions, configuration);
            }
            // Not "compact,delete" either, which deletes as well.
            if (!ConfigEntry.valueOf(admin.topicConfig(topic), CLEANUP_POLICY).equals(Optional.of(COMPACT))) {
                log.warn(
                        "topic is not compacted, retention will delete the last record of an agent that is stopped:"
                                + " set cleanup.policy=compact on topic {}",
                        topic);
            }
        }
    }

    private static void create(Admin admin, String topic, int partitions, Map<String, String> configuration) {
        Map<String, String> compacted = new HashMap<>(configuration);
        compacted.put(CLEANUP_POLICY, COMPACT);
        try {
            admin.createTopic(new NewTopic(topic, OptionalInt.of(partitions), OptionalInt.empty(), compacted));
            log.info("topic created: {}", topic);
        } catch (ClientException e) {
            // Another agent may have created it in between.
            if (!admin.topics(true).contains(topic)) {
                throw e;
            }
        }
    }
}
