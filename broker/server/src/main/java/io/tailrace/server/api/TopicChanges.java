package io.tailrace.server.api;

import io.tailrace.coordination.CoordinationException;
import io.tailrace.coordination.TopicException;
import io.tailrace.coordination.TopicStore;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.server.cluster.ClusterView;
import io.tailrace.server.config.GroupConfig;
import io.tailrace.server.config.TopicCreationConfig;
import io.tailrace.server.config.TopicKeys;
import io.tailrace.server.group.OffsetCoordinator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates, grows and deletes topics, and waits until the cluster has done so. Every method blocks, and throws a
 * {@link TopicException} with the protocol's error if the change is refused. Thread-safe.
 */
public final class TopicChanges {
    private static final Logger LOG = LoggerFactory.getLogger(TopicChanges.class);
    private static final int DEFAULT = -1;
    private static final long AUTOMATIC_WAIT_MS = 3000;
    /** However long a client would wait: a thread waits with it. */
    private static final long WAIT_MS_MAX = 30_000;

    private final TopicStore store;
    private final ClusterView cluster;
    private final TopicCreationConfig config;
    private final GroupConfig groups;

    /** Changes topics here. */
    public TopicChanges(TopicStore store, ClusterView cluster, TopicCreationConfig config, GroupConfig groups) {
        this.store = store;
        this.cluster = cluster;
        this.config = config;
        this.groups = groups;
    }

    /**
     * A topic to be created.
     *
     * @param partitions -1 for the default
     * @param replicationFactor -1 for the default
     * @param assignments who holds which partition; empty to let the cluster choose
     * @param configs the topic's own settings
     */
    record Wanted(
            String name,
            int partitions,
            int replicationFactor,
            List<PartitionAssignment> assignments,
            Map<String, String> configs) {}

    /** Refuses settings that a topic cannot have, and numbers beside an assignment. */
    void check(Wanted wanted) {
        try {
            TopicKeys.check(wanted.configs());
        } catch (IllegalArgumentException e) {
            throw new TopicException(ErrorCode.INVALID_CONFIG, String.valueOf(e.getMessage()));
        }
        boolean numbers = wanted.partitions() != DEFAULT || wanted.replicationFactor() != DEFAULT;
        if (!wanted.assignments().isEmpty() && numbers) {
            throw new TopicException(
                    ErrorCode.INVALID_REQUEST, "number of partitions and replicas must be -1 beside an assignment");
        }
    }

    /** Checks what {@link #create} would do, and does not do it. */
    void validate(Wanted wanted) {
        check(wanted);
        if (wanted.assignments().isEmpty()) {
            var unused = store.validate(wanted.name(), partitions(wanted), replicationFactor(wanted));
        } else {
            store.validate(wanted.name(), wanted.assignments());
        }
    }

    void create(Wanted wanted) {
        check(wanted);
        if (wanted.name().equals(OffsetCoordinator.TOPIC)) {
            createOffsetsTopic();
        } else if (wanted.assignments().isEmpty()) {
            store.create(wanted.name(), partitions(wanted), replicationFactor(wanted), wanted.configs());
        } else {
            store.create(wanted.name(), wanted.assignments(), wanted.configs());
        }
    }

    /** Adds partitions until there are {@code count}; the cluster chooses who holds them if {@code added} is empty. */
    void grow(String topic, int count, List<PartitionAssignment> added) {
        if (topic.equals(OffsetCoordinator.TOPIC)) {
            throw new TopicException(
                    ErrorCode.INVALID_PARTITIONS, "more partitions of " + topic + " would lose groups their offsets");
        }
        if (added.isEmpty()) {
            store.grow(topic, count);
        } else {
            store.grow(topic, count, added);
        }
    }

    void delete(String topic) {
        if (!config.deletable()) {
            throw new TopicException(
                    ErrorCode.TOPIC_DELETION_DISABLED, "topics cannot be deleted (delete.topic.enable)");
        }
        if (topic.equals(OffsetCoordinator.TOPIC)) {
            throw new TopicException(ErrorCode.INVALID_TOPIC_EXCEPTION, topic + " is the cluster's own");
        }
        store.delete(topic);
    }

    /** Creates topics that a client has asked for, with the defaults, and waits a little until they can be used. */
    void createAutomatically(Set<String> topics) {
        for (String topic : topics) {
            try {
                create(new Wanted(topic, DEFAULT, DEFAULT, List.of(), Map.of()));
            } catch (TopicException e) {
                if (e.error() != ErrorCode.TOPIC_ALREADY_EXISTS) {
                    LOG.warn("topic {} could not be created for a client: {}", topic, e.getMessage());
                }
            } catch (CoordinationException e) {
                LOG.warn("topics could not be created for a client: {}", e.getMessage());
                return;
            }
        }
        boolean unused =
                cluster.await(image -> topics.stream().allMatch(topic -> isReady(image, topic)), AUTOMATIC_WAIT_MS);
    }

    /** Waits until every topic has as many partitions as wanted, each with a leader; false if it takes too long. */
    boolean awaitLeaders(Map<String, Integer> partitions, long timeoutMs) {
        return cluster.await(
                image -> partitions.entrySet().stream()
                        .allMatch(each -> isReady(image, each.getKey())
                                && image.topic(each.getKey())
                                                .orElseThrow()
                                                .partitions()
                                                .size()
                                        >= each.getValue()),
                Math.min(timeoutMs, WAIT_MS_MAX));
    }

    /** Waits until the topics are gone; false if it takes too long. */
    boolean awaitGone(Set<String> topics, long timeoutMs) {
        return cluster.await(
                image -> topics.stream()
                        .allMatch(topic -> image.topic(topic).isEmpty()
                                && !image.deleting().contains(topic)),
                Math.min(timeoutMs, WAIT_MS_MAX));
    }

    private static boolean isReady(ClusterImage image, String topic) {
        return image.topic(topic)
                .filter(found -> found.partitions().stream()
                        .allMatch(partition -> partition.leader() != PartitionState.NO_LEADER))
                .isPresent();
    }

    private void createOffsetsTopic() {
        int brokers = cluster.get().brokers().size();
        store.create(
                OffsetCoordinator.TOPIC,
                groups.partitions(),
                Math.max(1, Math.min(groups.replicationFactor(), brokers)),
                Map.of("cleanup.policy", "compact", "segment.bytes", String.valueOf(groups.segmentBytes())));
    }

    private int partitions(Wanted wanted) {
        return wanted.partitions() == DEFAULT ? config.partitions() : wanted.partitions();
    }

    private int replicationFactor(Wanted wanted) {
        return wanted.replicationFactor() == DEFAULT ? config.replicationFactor() : wanted.replicationFactor();
    }
}
