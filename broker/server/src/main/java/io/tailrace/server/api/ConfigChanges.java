package io.tailrace.server.api;

import io.tailrace.coordination.BrokerConfigs;
import io.tailrace.coordination.GroupConfigs;
import io.tailrace.coordination.TopicException;
import io.tailrace.coordination.TopicStore;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DescribeConfigsRequest;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.server.cluster.ClusterView;
import io.tailrace.server.config.BrokerConfig;
import io.tailrace.server.config.GroupOverrides;
import io.tailrace.server.config.SettingRules;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/** Changes settings of topics, of groups and of running brokers, for AlterConfigs and IncrementalAlterConfigs. Thread-safe. */
public final class ConfigChanges {
    /** After this time a change is answered as made, though this broker has not acted on it yet. */
    private static final long IN_FORCE_MS_MAX = 3_000;

    /** Every broker keeps the settings of all groups in memory. */
    private static final int CONFIGURED_GROUPS_MAX = 10_000;

    private final Stores stores;
    private final ClusterView cluster;
    private final LongSupplier nanoClock;
    private final SettingRules topicRules;
    private final SettingRules groupRules;
    private final SettingRules brokerRules = SettingRules.ofBrokers();

    /** Where settings are stored. */
    public record Stores(TopicStore topics, BrokerConfigs brokers, GroupConfigs groups) {}

    /**
     * Changes settings in these stores.
     *
     * @param config the defaults of topics and groups
     * @param nanoClock as {@link System#nanoTime}
     */
    public ConfigChanges(Stores stores, ClusterView cluster, BrokerConfig config, LongSupplier nanoClock) {
        this.stores = stores;
        this.cluster = cluster;
        this.nanoClock = nanoClock;
        this.topicRules = SettingRules.ofTopics(config.topicDefaults());
        this.groupRules =
                SettingRules.ofGroups(new GroupOverrides(config.groups().consumer()));
    }

    /**
     * A change of settings.
     *
     * @param type of the resource, as in {@link DescribeConfigsRequest.Resource}
     * @param name a topic, a group's id or a broker's id; empty for all brokers
     */
    record ResourceChange(byte type, String name, Change change) {
        private String label() {
            return switch (type) {
                case DescribeConfigsRequest.TOPIC -> "topic " + name;
                case DescribeConfigsRequest.BROKER -> "broker '" + name + "'";
                case DescribeConfigsRequest.GROUP -> "group '" + name + "'";
                default -> "resource '" + name + "' of type " + type;
            };
        }
    }

    /**
     * Computes the new settings from the current ones. Idempotent. Throws {@link IllegalArgumentException} or
     * {@link TopicException} if it is refused.
     */
    interface Change {
        Map<String, String> apply(Map<String, String> current, SettingRules rules);
    }

    /**
     * Makes the changes, or only checks them. Blocks while it writes to ZooKeeper; completes when the changes are in force on
     * this broker, or three seconds later.
     */
    CompletionStage<ChangeOutcomes<ResourceChange>> alter(List<ResourceChange> changes, boolean validateOnly) {
        ChangeOutcomes<ResourceChange> outcomes =
                ChangeOutcomes.of(changes, ResourceChange::label, change -> alter(change, validateOnly), nanoClock);
        if (validateOnly) {
            return CompletableFuture.completedStage(outcomes);
        }
        List<ResourceChange> made = outcomes.made();
        return cluster.when(image -> made.stream().allMatch(change -> isInForce(change, image)), IN_FORCE_MS_MAX)
                .thenApply(inForce -> outcomes);
    }

    private void alter(ResourceChange change, boolean validateOnly) {
        ClusterImage image = cluster.get();
        String name = change.name();
        switch (change.type()) {
            case DescribeConfigsRequest.TOPIC -> {
                if (validateOnly) {
                    checkTopic(name, image);
                    Map<String, String> unused = changed(change, image.configs(name), topicRules);
                } else {
                    checkNotDeleted(name, image);
                    stores.topics().configure(name, current -> changed(change, current, topicRules));
                }
            }
            case DescribeConfigsRequest.BROKER -> {
                checkBroker(name, image);
                if (validateOnly) {
                    Map<String, String> unused = changed(change, brokerConfig(image, name), brokerRules);
                } else {
                    stores.brokers().configure(brokerKey(name), current -> changed(change, current, brokerRules));
                }
            }
            case DescribeConfigsRequest.GROUP -> {
                checkGroup(name, image);
                if (validateOnly) {
                    Map<String, String> unused = changed(change, image.groupConfig(name), groupRules);
                } else {
                    stores.groups().configure(name, current -> changed(change, current, groupRules));
                }
            }
            default ->
                throw new TopicException(
                        ErrorCode.INVALID_REQUEST,
                        "expected a topic (2), a broker (4) or a group (32), found " + change.label());
        }
    }

    private static void checkTopic(String topic, ClusterImage image) {
        checkNotDeleted(topic, image);
        if (image.topic(topic).isEmpty()) {
            throw unknown(topic);
        }
    }

    /** The store knows topics that this broker's image does not show yet. */
    private static void checkNotDeleted(String topic, ClusterImage image) {
        if (image.deleting().contains(topic)) {
            throw unknown(topic);
        }
    }

    private static TopicException unknown(String topic) {
        return new TopicException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "topic " + topic + " does not exist");
    }

    /** A group need not exist: its settings are often made before its first member joins. */
    private static void checkGroup(String group, ClusterImage image) {
        if (group.isEmpty()) {
            throw new TopicException(ErrorCode.INVALID_REQUEST, "expected the id of a group, found none");
        }
        boolean isNew = !image.groupConfigs().containsKey(group);
        if (isNew && image.groupConfigs().size() >= CONFIGURED_GROUPS_MAX) {
            throw new TopicException(
                    ErrorCode.POLICY_VIOLATION,
                    CONFIGURED_GROUPS_MAX + " groups have settings: remove those of another group first");
        }
    }

    /** A broker that is down can have settings, but clients must not fill ZooKeeper with brokers that do not exist. */
    private static void checkBroker(String broker, ClusterImage image) {
        if (broker.isEmpty()) {
            return;
        }
        if (!broker.matches("0|[1-9][0-9]{0,8}")) {
            throw new TopicException(
                    ErrorCode.INVALID_REQUEST,
                    "expected a broker's id, or nothing for all brokers, found '" + broker + "'");
        }
        int id = Integer.parseInt(broker);
        boolean exists = image.brokers().containsKey(id)
                || image.brokerConfigs().containsKey(broker)
                || image.topics().values().stream()
                        .flatMap(topic -> topic.partitions().stream())
                        .anyMatch(partition -> partition.assignment().replicas().contains(id));
        if (!exists) {
            throw new TopicException(
                    ErrorCode.INVALID_REQUEST,
                    "broker " + broker + " is not registered and holds no replica: start it before it is configured");
        }
    }

    private static String brokerKey(String broker) {
        return broker.isEmpty() ? ClusterImage.ALL_BROKERS : broker;
    }

    private static Map<String, String> brokerConfig(ClusterImage image, String broker) {
        return image.brokerConfigs().getOrDefault(brokerKey(broker), Map.of());
    }

    private static Map<String, String> changed(ResourceChange change, Map<String, String> current, SettingRules rules) {
        try {
            Map<String, String> changed = change.change().apply(current, rules);
            rules.checkChange(current, changed);
            return changed;
        } catch (IllegalArgumentException e) {
            throw new TopicException(ErrorCode.INVALID_CONFIG, String.valueOf(e.getMessage()));
        }
    }

    private boolean isInForce(ResourceChange change, ClusterImage image) {
        return switch (change.type()) {
            case DescribeConfigsRequest.TOPIC -> changesNothing(change, image.configs(change.name()), topicRules);
            case DescribeConfigsRequest.GROUP -> changesNothing(change, image.groupConfig(change.name()), groupRules);
            default -> changesNothing(change, brokerConfig(image, change.name()), brokerRules);
        };
    }

    private static boolean changesNothing(ResourceChange change, Map<String, String> current, SettingRules rules) {
        return change.change().apply(current, rules).equals(current);
    }
}
