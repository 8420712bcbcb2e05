package io.tailrace.coordination;

import io.tailrace.protocol.TopicPartition;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Paths of nodes in ZooKeeper. */
final class ZNodes {
    static final String BROKERS = "/brokers";
    static final String BROKER_IDS = "/brokers/ids";
    static final String TOPICS = "/brokers/topics";
    static final String TOPIC_CONFIGS = "/config/topics";
    static final String BROKER_CONFIGS = "/config/brokers";
    static final String GROUP_CONFIGS = "/config/groups";
    static final String DELETE_TOPICS = "/admin/delete_topics";
    static final String CONTROLLER = "/controller";
    static final String CONTROLLER_EPOCH = "/controller_epoch";
    static final String CLUSTER = "/cluster";
    static final String CLUSTER_ID = "/cluster/id";
    static final String PRODUCER_ID_BLOCK = "/latest_producer_id_block";

    private ZNodes() {}

    static String broker(int id) {
        return BROKER_IDS + "/" + id;
    }

    static String topic(String topic) {
        return TOPICS + "/" + topic;
    }

    static String partitions(String topic) {
        return topic(topic) + "/partitions";
    }

    static String partition(TopicPartition partition) {
        return partitions(partition.topic()) + "/" + partition.partition();
    }

    static String state(TopicPartition partition) {
        return partition(partition) + "/state";
    }

    static String config(String topic) {
        return TOPIC_CONFIGS + "/" + topic;
    }

    /** @param broker its id, or {@link io.tailrace.replication.cluster.ClusterImage#ALL_BROKERS} */
    static String brokerConfig(String broker) {
        return BROKER_CONFIGS + "/" + broker;
    }

    /** A group's id may have any characters, such as a slash: all but letters, digits and some signs are escaped, as in a URL. */
    static String groupConfig(String group) {
        String escaped = URLEncoder.encode(group, StandardCharsets.UTF_8);
        boolean isPathOfItsOwn = escaped.equals(".") || escaped.equals("..");
        return GROUP_CONFIGS + "/" + (isPathOfItsOwn ? escaped.replace(".", "%2E") : escaped);
    }

    /** The group whose settings are in a child of {@link #GROUP_CONFIGS}; the reverse of {@link #groupConfig}. */
    static String groupOf(String child) {
        return URLDecoder.decode(child, StandardCharsets.UTF_8);
    }

    static String deletion(String topic) {
        return DELETE_TOPICS + "/" + topic;
    }

    /** The last element of {@code path}, if {@code path} is a child of {@code parent}. */
    static Optional<String> childOf(String parent, String path) {
        if (!path.startsWith(parent + "/") || path.indexOf('/', parent.length() + 1) >= 0) {
            return Optional.empty();
        }
        return Optional.of(path.substring(parent.length() + 1));
    }

    /** The partition whose state is at {@code path}, if {@code path} is one of a state. */
    static Optional<TopicPartition> partitionOfState(String path) {
        String[] parts = path.split("/", -1);
        boolean isState = parts.length == 7
                && path.startsWith(TOPICS + "/")
                && parts[4].equals("partitions")
                && parts[5].matches("[0-9]{1,9}")
                && parts[6].equals("state");
        return isState ? Optional.of(new TopicPartition(parts[3], Integer.parseInt(parts[5]))) : Optional.empty();
    }
}
