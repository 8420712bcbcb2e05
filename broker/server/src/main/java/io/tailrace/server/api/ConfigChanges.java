package io.tailrace.server.api;

import io.tailrace.coordination.BrokerConfigs;
import io.tailrace.coordination.TopicException;
import io.tailrace.coordination.TopicStore;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DescribeConfigsRequest;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.server.cluster.ClusterView;
import io.tailrace.server.config.SettingRules;
import io.tailrace.server.config.TopicDefaults;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Changes the settings of topics and of brokers that run, and waits a little until this broker has acted on it. Every method
 * blocks, and throws a {@link TopicException} with the protocol's error if a change is refused. Thread-safe.
 */
public final class ConfigChanges {
    /** What was changed holds all the same after that; some broker is late to hear of it. */
    private static final long IN_FORCE_MS_MAX = 3_000;

    private final TopicStore topics;
    private final BrokerConfigs brokers;
    private final ClusterView cluster;
    private final SettingRules topicRules;
    private final SettingRules brokerRules = SettingRules.ofBrokers();

    /** Changes settings here. */
    public ConfigChanges(TopicStore topics, BrokerConfigs brokers, ClusterView cluster, TopicDefaults defaults) {
        this.topics = topics;
        this.brokers = brokers;
        this.cluster = cluster;
        this.topicRules = SettingRules.ofTopics(defaults);
    }

    /**
     * Whose settings.
     *
     * @param type as in {@link DescribeConfigsRequest.Resource}
     */
    record Resource(byte type, String name) {
        /** Refuses a resource that the same request has named before. */
        static Consumer<Resource> once() {
            Set<Resource> seen = new HashSet<>();
            return resource -> {
                if (!seen.add(resource)) {
                    throw new TopicException(
                            ErrorCode.INVALID_REQUEST, resource.name() + " is named twice in the request");
                }
            };
        }
    }

    /** What becomes of settings. Throws {@link IllegalArgumentException} if it cannot be; may be asked several times. */
    interface Change {
        Map<String, String> apply(Map<String, String> before, SettingRules rules);
    }

    /** Changes the settings of a topic or a broker, or only checks whether that could be done. */
    void alter(Resource resource, Change change, boolean validateOnly) {
        switch (resource.type()) {
            case DescribeConfigsRequest.TOPIC -> alterTopic(resource.name(), change, validateOnly);
            case DescribeConfigsRequest.BROKER -> alterBroker(resource.name(), change, validateOnly);
            default ->
                throw new TopicException(
                        ErrorCode.INVALID_REQUEST,
                        "expected a topic (2) or a broker (4), found type " + resource.type());
        }
    }

    private void alterTopic(String topic, Change change, boolean validateOnly) {
        ClusterImage image = cluster.get();
        if (image.topic(topic).isEmpty() || image.deleting().contains(topic)) {
            throw new TopicException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "topic " + topic + " does not exist");
        }
        UnaryOperator<Map<String, String>> checked = before -> checked(change, before, topicRules);
        if (validateOnly) {
            Map<String, String> unused = checked.apply(image.configs(topic));
        } else {
            topics.configure(topic, checked);
            boolean unused = cluster.await(now -> isDone(change, now.configs(topic), topicRules), IN_FORCE_MS_MAX);
        }
    }

    private void alterBroker(String broker, Change change, boolean validateOnly) {
        if (!broker.matches("(0|[1-9][0-9]{0,8})?")) {
            throw new TopicException(
                    ErrorCode.INVALID_REQUEST, "expected a broker's id, or nothing for all brokers, found " + broker);
        }
        String key = broker.isEmpty() ? ClusterImage.ALL_BROKERS : broker;
        UnaryOperator<Map<String, String>> checked = before -> checked(change, before, brokerRules);
        if (validateOnly) {
            Map<String, String> unused = checked.apply(made(cluster.get(), key));
        } else {
            brokers.configure(key, checked);
            boolean unused = cluster.await(now -> isDone(change, made(now, key), brokerRules), IN_FORCE_MS_MAX);
        }
    }

    private static Map<String, String> made(ClusterImage image, String broker) {
        return image.brokerConfigs().getOrDefault(broker, Map.of());
    }

    private static Map<String, String> checked(Change change, Map<String, String> before, SettingRules rules) {
        try {
            Map<String, String> after = change.apply(before, rules);
            rules.checkChange(before, after);
            return after;
        } catch (IllegalArgumentException e) {
            throw new TopicException(ErrorCode.INVALID_CONFIG, String.valueOf(e.getMessage()));
        }
    }

    /** A change that has been made changes nothing when it is made again. */
    private static boolean isDone(Change change, Map<String, String> now, SettingRules rules) {
        return change.apply(now, rules).equals(now);
    }
}
