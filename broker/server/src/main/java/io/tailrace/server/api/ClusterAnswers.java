package io.tailrace.server.api;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.DescribeTopicPartitionsResponse;
import io.tailrace.protocol.message.MetadataResponse;
import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.Endpoint;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.replication.cluster.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Translates a cluster image into the protocol's messages, for a client of one listener. */
final class ClusterAnswers {
    /** The client did not ask for operations, or there is no authorizer that knows them. */
    static final int OPERATIONS_UNKNOWN = Integer.MIN_VALUE;

    static final UUID NO_ID = new UUID(0, 0);

    private ClusterAnswers() {}

    /** The brokers that have that listener. */
    static List<MetadataResponse.Broker> brokers(ClusterImage image, String listener) {
        List<MetadataResponse.Broker> brokers = new ArrayList<>();
        for (Broker broker : image.brokers().values()) {
            broker.endpoint(listener)
                    .ifPresent(endpoint -> brokers.add(new MetadataResponse.Broker(
                            broker.id(), endpoint.host(), endpoint.port(), broker.rackOrNull())));
        }
        return brokers;
    }

    /** The address of a broker's listener, if the broker is registered. */
    static Optional<Endpoint> endpoint(ClusterImage image, int brokerId, String listener) {
        return image.broker(brokerId).flatMap(broker -> broker.endpoint(listener));
    }

    static MetadataResponse.Topic topic(ClusterImage image, TopicImage topic, String listener) {
        List<MetadataResponse.Partition> partitions = new ArrayList<>();
        for (int index = 0; index < topic.partitions().size(); index++) {
            partitions.add(
                    partition(image, topic.name(), index, topic.partitions().get(index), listener));
        }
        return new MetadataResponse.Topic(
                ErrorCode.NONE,
                topic.name(),
                topic.id(),
                InternalTopics.contains(topic.name()),
                partitions,
                OPERATIONS_UNKNOWN);
    }

    static MetadataResponse.Topic missing(ErrorCode error, String name) {
        return new MetadataResponse.Topic(error, name, InternalTopics.contains(name), List.of());
    }

    /** Some of a topic's partitions: {@code from}, inclusive, to {@code to}, exclusive. */
    static DescribeTopicPartitionsResponse.Topic topicPartitions(
            ClusterImage image, TopicImage topic, String listener, int from, int to) {
        List<DescribeTopicPartitionsResponse.Partition> partitions = new ArrayList<>();
        for (int index = from; index < to; index++) {
            PartitionImage partition = topic.partitions().get(index);
            MetadataResponse.Partition known = partition(image, topic.name(), index, partition, listener);
            partitions.add(new DescribeTopicPartitionsResponse.Partition(
                    known.errorCode(),
                    index,
                    known.leaderId(),
                    known.leaderEpoch(),
                    known.replicaNodes(),
                    known.isrNodes(),
                    lastStanding(partition),
                    lastLeader(partition),
                    known.offlineReplicas()));
        }
        return new DescribeTopicPartitionsResponse.Topic(
                ErrorCode.NONE,
                topic.name(),
                topic.id(),
                InternalTopics.contains(topic.name()),
                partitions,
                OPERATIONS_UNKNOWN);
    }

    static DescribeTopicPartitionsResponse.Topic missingPartitions(ErrorCode error, String name) {
        return new DescribeTopicPartitionsResponse.Topic(
                error, name, NO_ID, InternalTopics.contains(name), List.of(), OPERATIONS_UNKNOWN);
    }

    private static List<Integer> lastStanding(PartitionImage partition) {
        return partition.state().stream()
                .flatMap(state -> state.lastStanding().stream())
                .map(Incarnation::brokerId)
                .toList();
    }

    /** The former leader for whose return the controller waits while the partition has no leader. */
    private static List<Integer> lastLeader(PartitionImage partition) {
        return partition.state().stream()
                .filter(state -> state.leader() == PartitionState.NO_LEADER)
                .map(PartitionState::lastLeader)
                .filter(id -> id != PartitionState.NO_LEADER)
                .toList();
    }

    private static MetadataResponse.Partition partition(
            ClusterImage image, String topic, int index, PartitionImage partition, String listener) {
        List<Integer> replicas = partition.assignment().replicas();
        List<Integer> offline = replicas.stream()
                .filter(id -> image.broker(id)
                        .filter(broker -> !broker.offline().contains(new TopicPartition(topic, index)))
                        .isEmpty())
                .toList();
        PartitionState state = partition.stateOrNull();
        if (state == null) {
            return new MetadataResponse.Partition(
                    ErrorCode.LEADER_NOT_AVAILABLE, index, PartitionState.NO_LEADER, -1, replicas, List.of(), offline);
        }
        boolean led = endpoint(image, state.leader(), listener).isPresent();
        return new MetadataResponse.Partition(
                led ? ErrorCode.NONE : ErrorCode.LEADER_NOT_AVAILABLE,
                index,
                led ? state.leader() : PartitionState.NO_LEADER,
                state.leaderEpoch(),
                replicas,
                state.isrIds(),
                offline);
    }
}
