package io.tailrace.replication.cluster;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What the controller writes for an image of the cluster: a first state for new partitions, a new leader where the leader is
 * gone, an ISR without brokers that are gone, the end of a reassignment whose new replicas are in sync. Decisions depend on
 * the image alone, so every controller makes the same ones, and one pass covers every partition of a lost broker.
 *
 * <p>Members of the ISR and last replicas standing are incarnations: a broker that came back after an unclean stop is another
 * one, and has left both. After a clean stop its memberships are carried over to its new epoch. A broker that cannot use a
 * partition's log counts as absent for that partition.
 */
public final class ControllerRules {
    private final int controllerEpoch;
    private final Function<TopicImage, TopicPolicy> policies;

    /**
     * @param controllerEpoch the epoch under which the caller was elected
     * @param policies the policy of a topic, brokers' defaults included
     */
    public ControllerRules(int controllerEpoch, Function<TopicImage, TopicPolicy> policies) {
        this.controllerEpoch = controllerEpoch;
        this.policies = policies;
    }

    /** The states to write, in the order of topics and partitions; empty if none is needed. */
    public List<StateWrite> decide(ClusterImage image) {
        return decide(image, ClusterImage.empty());
    }

    /**
     * As {@link #decide(ClusterImage)}, without partitions that are unchanged since an earlier image was decided on: if
     * thousands of partitions change one by one, each costs one decision.
     */
    public List<StateWrite> decide(ClusterImage image, ClusterImage since) {
        List<StateWrite> writes = new ArrayList<>();
        boolean sameBrokers = image.brokers().equals(since.brokers());
        for (TopicImage topic : image.topics().values()) {
            TopicImage before = since.topics().get(topic.name());
            boolean comparable = sameBrokers
                    && before != null
                    && topic.configs().equals(before.configs())
                    && !since.deleting().contains(topic.name());
            List<Integer> changed = topic.changedSince(comparable ? before : null);
            if (!changed.isEmpty() && !image.deleting().contains(topic.name())) {
                TopicPolicy policy = policies.apply(topic);
                for (int index : changed) {
                    decision(image, topic, index, policy).decide().ifPresent(writes::add);
                }
            }
        }
        return writes;
    }

    /**
     * The writes that elect preferred leaders again which are in sync and do not shut down, for every broker that lacks more
     * of its leaderships than is tolerated.
     *
     * @param imbalancePercentMax the tolerated share of the partitions preferring a broker that others lead, 0 to 100
     */
    public List<StateWrite> balance(ClusterImage image, int imbalancePercentMax) {
        Map<Integer, Integer> preferring = new HashMap<>();
        Map<Integer, List<PartitionDecision>> imbalanced = new HashMap<>();
        forEachPartition(image, decision -> {
            preferring.merge(decision.preferredLeader(), 1, Integer::sum);
            if (decision.isImbalanced()) {
                imbalanced
                        .computeIfAbsent(decision.preferredLeader(), id -> new ArrayList<>())
                        .add(decision);
            }
        });
        List<StateWrite> writes = new ArrayList<>();
        imbalanced.forEach((broker, decisions) -> {
            if (decisions.size() * 100L > (long) imbalancePercentMax * preferring.getOrDefault(broker, 0)) {
                for (PartitionDecision decision : decisions) {
                    decision.electPreferred().write().ifPresent(writes::add);
                }
            }
        });
        return writes;
    }

    /** The outcomes of requested elections, in the order of {@code partitions}. */
    public List<Election> elect(ClusterImage image, ElectionType type, Collection<TopicPartition> partitions) {
        List<Election> elections = new ArrayList<>();
        for (TopicPartition partition : partitions) {
            if (image.partition(partition).isEmpty() || image.deleting().contains(partition.topic())) {
                elections.add(Election.refused(partition, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
                continue;
            }
            TopicImage topic = image.topic(partition.topic()).orElseThrow();
            PartitionDecision decision = decision(image, topic, partition.partition(), policies.apply(topic));
            elections.add(type == ElectionType.PREFERRED ? decision.electPreferred() : decision.electUnclean());
        }
        return elections;
    }

    private void forEachPartition(ClusterImage image, Consumer<PartitionDecision> action) {
        for (TopicImage topic : image.topics().values()) {
            if (!image.deleting().contains(topic.name())) {
                TopicPolicy policy = policies.apply(topic);
                for (int i = 0; i < topic.partitions().size(); i++) {
                    action.accept(decision(image, topic, i, policy));
                }
            }
        }
    }

    private PartitionDecision decision(ClusterImage image, TopicImage topic, int index, TopicPolicy policy) {
        return new PartitionDecision(
                image,
                new TopicPartition(topic.name(), index),
                topic.partitions().get(index),
                policy,
                controllerEpoch);
    }
}
