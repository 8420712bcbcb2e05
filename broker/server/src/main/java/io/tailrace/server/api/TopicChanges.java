package io.tailrace.server.api;

import io.tailrace.coordination.CoordinationException;
import io.tailrace.coordination.TopicException;
import io.tailrace.coordination.TopicStore;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.server.cluster.ClusterView;
import io.tailrace.server.config.TopicCreationConfig;
import io.tailrace.server.config.TopicKeys;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates topics, adds partitions and deletes topics, and reports when the cluster has done so. Changes block while they write to
 * ZooKeeper, and throw a {@link TopicException} if they are refused; waiting for the cluster holds no thread. Thread-safe.
 */
public final class TopicChanges {
    private static final Logger LOG = LoggerFactory.getLogger(TopicChanges.class);
    private static final int DEFAULT = -1;
    private static final long AUTOMATIC_WAIT_MS = 3000;
    private static final long WAIT_MS_MAX = 30_000;

    private final TopicStore store;
    private final ClusterView cluster;
    private final TopicCreationConfig config;
    private final InternalTopics internal;
    private final LongSupplier nanoClock;

    /** @param nanoClock as {@link System#nanoTime} */
    public TopicChanges(
            TopicStore store,
            ClusterView cluster,
            TopicCreationConfig config,
            InternalTopics internal,
            LongSupplier nanoClock) {
        this.store = store;
        this.cluster = cluster;
        this.config = config;
        this.internal = internal;
        this.nanoClock = nanoClock;
    }

    /** Makes each of the changes, as {@link ChangeOutcomes#of}. */
    <T> ChangeOutcomes<T> change(Collection<T> requested, Function<T, String> name, Consumer<T> change) {
        return ChangeOutcomes.of(requested, name, change, nanoClock);
    }

    /**
     * A topic to create.
     *
     * @param partitions -1 for the default
     * @param replicationFactor -1 for the default
     * @param assignments the replicas of each partition; empty to let the cluster choose
     * @param configs the topic's own settings
     */
    record NewTopic(
            String name,
            int partitions,
            int replicationFactor,
            List<PartitionAssignment> assignments,
            Map<String, String> configs) {}

    /** How many partitions one request can still create. For one thread. */
    static final class PartitionAllowance {
        static final int PARTITIONS_MAX = 10_000;

        private int left = PARTITIONS_MAX;

        /** Ignores numbers that no topic can have; a later check refuses them and names their bounds. */
        private void take(int partitions) {
            if (partitions < 1 || partitions > PARTITIONS_MAX) {
                return;
            }
            if (partitions > left) {
                throw new TopicException(
                        ErrorCode.POLICY_VIOLATION,
                        "a request can create at most " + PARTITIONS_MAX + " partitions, of which " + left
                                + " are left for this topic's " + partitions + ": create it with another request");
            }
            left -= partitions;
        }
    }

    /** Checks {@link #create} without creating the topic. */
    void validate(NewTopic topic, PartitionAllowance allowance) {
        check(topic);
        if (topic.assignments().isEmpty()) {
            var unused = store.validate(topic.name(), partitions(topic), replicationFactor(topic));
        } else {
            store.validate(topic.name(), topic.assignments());
        }
        allowance.take(partitions(topic));
    }

    void create(NewTopic topic, PartitionAllowance allowance) {
        check(topic);
        allowance.take(partitions(topic));
        Optional<NewTopic> own = internalTopic(topic.name());
        if (own.isPresent()) {
            create(own.get());
        } else if (topic.assignments().isEmpty()) {
            store.create(topic.name(), partitions(topic), replicationFactor(topic), topic.configs());
        } else {
            store.create(topic.name(), topic.assignments(), topic.configs());
        }
    }

    private static void check(NewTopic topic) {
        try {
            TopicKeys.check(topic.configs(), topic.configs());
        } catch (IllegalArgumentException e) {
            throw new TopicException(ErrorCode.INVALID_CONFIG, String.valueOf(e.getMessage()));
        }
        boolean hasNumbers = topic.partitions() != DEFAULT || topic.replicationFactor() != DEFAULT;
        if (!topic.assignments().isEmpty() && hasNumbers) {
            throw new TopicException(
                    ErrorCode.INVALID_REQUEST,
                    "with assigned replicas, the number of partitions and the replication factor must be -1, are "
                            + topic.partitions() + " and " + topic.replicationFactor());
        }
    }

    /** Checks {@link #grow} without adding partitions. */
    void validateGrowth(String topic, int count, List<PartitionAssignment> added, PartitionAllowance allowance) {
        checkGrowth(topic, count, allowance);
        store.validateGrowth(topic, count, added);
    }

    /**
     * Adds partitions.
     *
     * @param count the new number of partitions
     * @param added the replicas of each new partition; empty to let the cluster choose
     */
    void grow(String topic, int count, List<PartitionAssignment> added, PartitionAllowance allowance) {
        checkGrowth(topic, count, allowance);
        store.grow(topic, count, added);
    }

    private void checkGrowth(String topic, int count, PartitionAllowance allowance) {
        if (InternalTopics.contains(topic)) {
            throw new TopicException(
                    ErrorCode.INVALID_PARTITIONS,
                    topic + " cannot have more partitions: brokers would look for its records in others");
        }
        int current = cluster.get()
                .topic(topic)
                .map(found -> found.partitions().size())
                .orElse(0);
        allowance.take(count - current);
    }

    void delete(String topic) {
        if (!config.deletable()) {
            throw new TopicException(
                    ErrorCode.TOPIC_DELETION_DISABLED,
                    "topic " + topic + " cannot be deleted: brokers are configured with delete.topic.enable=false");
        }
        if (InternalTopics.contains(topic)) {
            throw new TopicException(
                    ErrorCode.INVALID_TOPIC_EXCEPTION, topic + " holds what brokers coordinate and cannot be deleted");
        }
        store.delete(topic);
    }

    /**
     * Creates topics that a client asked for, with the defaults. Completes when they have leaders, or three seconds later. Topics
     * that cannot be created are logged. Begins no creation after 30 seconds, because the client asks again.
     */
    CompletionStage<Boolean> createAutomatically(Set<String> topics) {
        PartitionAllowance allowance = new PartitionAllowance();
        long begunNanos = nanoClock.getAsLong();
        for (String topic : topics) {
            if (nanoClock.getAsLong() - begunNanos > ChangeOutcomes.WORK_NANOS_MAX) {
                LOG.warn("Topics could not be created automatically in time, the first of them: {}", topic);
                break;
            }
            try {
                create(new NewTopic(topic, DEFAULT, DEFAULT, List.of(), Map.of()), allowance);
            } catch (TopicException e) {
                if (e.error() != ErrorCode.TOPIC_ALREADY_EXISTS) {
                    LOG.warn("Topic {} could not be created automatically: {}", topic, e.getMessage());
                }
            } catch (CoordinationException e) {
                LOG.warn("Topics could not be created automatically: {}", e.getMessage());
                break;
            }
        }
        return cluster.when(image -> topics.stream().allMatch(topic -> isLed(image, topic, 1)), AUTOMATIC_WAIT_MS);
    }

    /**
     * Completes with true when every topic has at least this many partitions, and all of them have leaders; with false after
     * {@link #waitMs}.
     */
    CompletionStage<Boolean> whenLed(Map<String, Integer> partitions, long timeoutMs) {
        return cluster.when(
                image -> partitions.entrySet().stream().allMatch(each -> isLed(image, each.getKey(), each.getValue())),
                waitMs(timeoutMs));
    }

    /** Completes with true when the topics are deleted; with false after {@link #waitMs}. */
    CompletionStage<Boolean> whenDeleted(Set<String> topics, long timeoutMs) {
        return cluster.when(
                image -> topics.stream()
                        .noneMatch(topic -> image.topics().containsKey(topic)
                                || image.deleting().contains(topic)),
                waitMs(timeoutMs));
    }

    /** How long a request with this timeout waits for the cluster. */
    static long waitMs(long timeoutMs) {
        return Math.max(0, Math.min(timeoutMs, WAIT_MS_MAX));
    }

    private static boolean isLed(ClusterImage image, String topic, int partitions) {
        return image.topic(topic)
                .filter(found -> found.partitions().size() >= partitions
                        && found.partitions().stream()
                                .allMatch(partition -> partition.leader() != PartitionState.NO_LEADER))
                .isPresent();
    }

    private void create(NewTopic own) {
        store.create(own.name(), own.partitions(), own.replicationFactor(), own.configs());
    }

    private Optional<NewTopic> internalTopic(String name) {
        return internal.named(name, cluster.get().brokers().size());
    }

    /** The topic as {@link #create} creates it: with the defaults for missing numbers and settings. */
    NewTopic withDefaults(NewTopic topic) {
        Optional<NewTopic> own = internalTopic(topic.name());
        if (own.isPresent()) {
            return own.get();
        }
        int replicas = topic.assignments().isEmpty()
                ? replicationFactor(topic)
                : topic.assignments().get(0).replicas().size();
        return new NewTopic(topic.name(), partitions(topic), replicas, topic.assignments(), topic.configs());
    }

    private int partitions(NewTopic topic) {
        if (!topic.assignments().isEmpty()) {
            return topic.assignments().size();
        }
        return topic.partitions() == DEFAULT ? config.partitions() : topic.partitions();
    }

    private int replicationFactor(NewTopic topic) {
        return topic.replicationFactor() == DEFAULT ? config.replicationFactor() : topic.replicationFactor();
    }
}
