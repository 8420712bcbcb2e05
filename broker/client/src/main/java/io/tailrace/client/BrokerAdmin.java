package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.CreatePartitionsRequest;
import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.DeleteTopicsRequest;
import io.tailrace.protocol.message.ListOffsetsRequest;
import io.tailrace.protocol.message.MetadataResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** The admin client. Each call sends a request, waits, and retries. Keeps no state but connections. */
final class BrokerAdmin implements ClusterAdmin {
    private final AdminCalls calls;
    private final ConfigCalls configs;
    private final ReplicaCalls replicas;
    private final RecordDeletion deletion;

    BrokerAdmin(ClientConfig config) {
        this(config, new SocketNetwork(config, Time.SYSTEM), Time.SYSTEM);
    }

    BrokerAdmin(ClientConfig config, Network network, Time time) {
        calls = new AdminCalls(config, network, time);
        configs = new ConfigCalls(calls);
        replicas = new ReplicaCalls(calls);
        deletion = new RecordDeletion(calls);
    }

    @Override
    public ClusterDescription cluster() {
        MetadataResponse answer = calls.call("cluster", () -> calls.metadata(List.of()));
        List<ClusterDescription.Node> nodes = answer.brokers().stream()
                .map(broker -> new ClusterDescription.Node(
                        broker.nodeId(), broker.host(), broker.port(), Optional.ofNullable(broker.rack())))
                .sorted(Comparator.comparingInt(ClusterDescription.Node::id))
                .toList();
        OptionalInt controller =
                answer.controllerId() < 0 ? OptionalInt.empty() : OptionalInt.of(answer.controllerId());
        return new ClusterDescription(Objects.requireNonNullElse(answer.clusterId(), ""), controller, nodes);
    }

    @Override
    public Set<String> topics(boolean internal) {
        Set<String> names = new TreeSet<>();
        for (MetadataResponse.Topic topic :
                calls.call("topics", () -> calls.metadata(null)).topics()) {
            if (internal || !topic.isInternal()) {
                names.add(Objects.requireNonNull(topic.name()));
            }
        }
        return names;
    }

    @Override
    public Map<String, TopicDescription> describe(Collection<String> topics) {
        if (topics.isEmpty()) {
            return Map.of();
        }
        return calls.call("describe topics", () -> calls.metadata(topics).thenApply(BrokerAdmin::described));
    }

    private static Map<String, TopicDescription> described(MetadataResponse answer) {
        Map<String, TopicDescription> topics = new LinkedHashMap<>();
        for (MetadataResponse.Topic topic : answer.topics()) {
            String name = Objects.requireNonNull(topic.name());
            if (topic.errorCode() == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
                throw new AdminCalls.UnknownTopicException("topic " + name);
            }
            AdminCalls.check(topic.errorCode(), "topic " + name, null);
            List<TopicDescription.Partition> partitions = topic.partitions().stream()
                    .map(partition -> new TopicDescription.Partition(
                            partition.partitionIndex(),
                            partition.leaderId() < 0 ? OptionalInt.empty() : OptionalInt.of(partition.leaderId()),
                            partition.leaderEpoch(),
                            partition.replicaNodes(),
                            partition.isrNodes(),
                            partition.offlineReplicas()))
                    .sorted(Comparator.comparingInt(TopicDescription.Partition::partition))
                    .toList();
            topics.put(name, new TopicDescription(name, topicId(topic), topic.isInternal(), partitions));
        }
        return topics;
    }

    private static Optional<UUID> topicId(MetadataResponse.Topic topic) {
        return topic.topicId().equals(MetadataSnapshot.NO_ID) ? Optional.empty() : Optional.of(topic.topicId());
    }

    @Override
    public void createTopic(NewTopic topic) {
        List<CreateTopicsRequest.Config> configs = new ArrayList<>();
        topic.config().forEach((key, value) -> configs.add(new CreateTopicsRequest.Config(key, value)));
        CreateTopicsRequest request = new CreateTopicsRequest(
                List.of(new CreateTopicsRequest.Topic(
                        topic.name(),
                        topic.partitions().orElse(-1),
                        (short) topic.replicationFactor().orElse(-1),
                        List.of(),
                        configs)),
                calls.timeoutMs(),
                false);
        calls.change(
                "create topic " + topic.name(),
                calls::controller,
                request,
                ErrorCode.TOPIC_ALREADY_EXISTS,
                answer -> answer.topics().stream()
                        .map(created -> new AdminCalls.Outcome(
                                "topic " + created.name(), created.errorCode(), created.errorMessage())));
        awaitLeaders(topic.name(), topic.partitions().orElse(1));
    }

    /** Waits until every requested partition exists and has a leader. */
    private void awaitLeaders(String topic, int partitions) {
        calls.call("leaders of topic " + topic, () -> calls.metadata(List.of(topic))
                .thenApply(answer -> {
                    MetadataSnapshot snapshot = MetadataSnapshot.EMPTY.updated(answer);
                    if (snapshot.partitionCount(topic) < partitions || !snapshot.isComplete(topic)) {
                        throw new ClientException(
                                ErrorCode.LEADER_NOT_AVAILABLE,
                                "not every partition of " + topic + " has a leader yet");
                    }
                    return snapshot;
                }));
    }

    @Override
    public void createPartitions(String topic, int partitions) {
        CreatePartitionsRequest request = new CreatePartitionsRequest(
                List.of(new CreatePartitionsRequest.Topic(topic, partitions, null)), calls.timeoutMs(), false);
        calls.change(
                "grow topic " + topic,
                calls::controller,
                request,
                ErrorCode.INVALID_PARTITIONS,
                answer -> answer.results().stream()
                        .map(result -> new AdminCalls.Outcome(
                                "topic " + result.name(), result.errorCode(), result.errorMessage())));
        awaitLeaders(topic, partitions);
    }

    @Override
    public void deleteTopics(Collection<String> topics) {
        List<DeleteTopicsRequest.Topic> body = topics.stream()
                .map(name -> new DeleteTopicsRequest.Topic(name, new UUID(0, 0)))
                .toList();
        DeleteTopicsRequest request = new DeleteTopicsRequest(body, List.copyOf(topics), calls.timeoutMs());
        calls.change(
                "delete topics " + topics,
                calls::controller,
                request,
                ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                answer -> answer.responses().stream()
                        .map(deleted -> new AdminCalls.Outcome(
                                "topic " + deleted.name(), deleted.errorCode(), deleted.errorMessage())));
    }

    @Override
    public Map<String, List<ConfigEntry>> topicConfigs(Collection<String> topics) {
        return configs.topicConfigs(topics);
    }

    @Override
    public List<ConfigEntry> brokerConfig(int broker) {
        return configs.brokerConfig(broker);
    }

    @Override
    public void configureTopic(String topic, Map<String, Optional<String>> changes) {
        configs.configureTopic(topic, changes);
    }

    @Override
    public void configureBroker(int broker, Map<String, Optional<String>> changes) {
        configs.configureBroker(broker, changes);
    }

    @Override
    public Map<TopicPartition, Long> deleteRecords(Map<TopicPartition, Long> offsets) {
        return deletion.delete(offsets);
    }

    @Override
    public Map<TopicPartition, Reassignment> reassignments() {
        return replicas.reassignments();
    }

    @Override
    public void reassign(Map<TopicPartition, List<Integer>> wanted) {
        replicas.reassign(wanted);
    }

    @Override
    public void cancelReassignments(Collection<TopicPartition> partitions) {
        replicas.cancelReassignments(partitions);
    }

    @Override
    public Map<TopicPartition, ErrorCode> electPreferredLeaders(Collection<TopicPartition> partitions) {
        return replicas.electPreferredLeaders(partitions);
    }

    @Override
    public List<LogDirectoryDescription> logDirectories(int broker) {
        return replicas.logDirectories(broker);
    }

    @Override
    public Map<TopicPartition, ErrorCode> moveReplicas(int broker, Map<TopicPartition, String> directories) {
        return replicas.moveReplicas(broker, directories);
    }

    @Override
    public Map<TopicPartition, Long> earliestOffsets(Collection<TopicPartition> partitions) {
        return offsets(partitions, partition -> ListOffsetsRequest.EARLIEST, IsolationLevel.READ_UNCOMMITTED);
    }

    @Override
    public Map<TopicPartition, Long> latestOffsets(Collection<TopicPartition> partitions, IsolationLevel isolation) {
        return offsets(partitions, partition -> ListOffsetsRequest.LATEST, isolation);
    }

    @Override
    public Map<TopicPartition, Long> offsetsAt(Map<TopicPartition, Long> timestampsMs) {
        return offsets(
                timestampsMs.keySet(),
                partition -> Objects.requireNonNull(timestampsMs.get(partition)),
                IsolationLevel.READ_UNCOMMITTED);
    }

    private Map<TopicPartition, Long> offsets(
            Collection<TopicPartition> partitions, Function<TopicPartition, Long> timestamp, IsolationLevel isolation) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        lookUp(partitions, timestamp, isolation).forEach((partition, answer) -> {
            if (answer.offset() >= 0) {
                offsets.put(partition, answer.offset());
            }
        });
        return offsets;
    }

    @Override
    public Map<TopicPartition, LogEnd> logEnds(Collection<TopicPartition> partitions, IsolationLevel isolation) {
        Map<TopicPartition, LogEnd> ends = new HashMap<>();
        lookUp(partitions, partition -> ListOffsetsRequest.LATEST, isolation)
                .forEach((partition, answer) -> ends.put(partition, new LogEnd(answer.offset(), answer.leaderEpoch())));
        return ends;
    }

    private Map<TopicPartition, OffsetLookup.Found> lookUp(
            Collection<TopicPartition> partitions, Function<TopicPartition, Long> timestamp, IsolationLevel isolation) {
        Map<TopicPartition, Long> timestamps = new HashMap<>();
        partitions.forEach(partition -> timestamps.put(partition, timestamp.apply(partition)));
        return atLeaders(
                partitions,
                snapshot -> OffsetLookup.find(calls.network(), snapshot, timestamps, isolation, calls.timeoutMs()));
    }

    @Override
    public Map<TopicPartition, Long> epochEnds(Map<TopicPartition, Integer> leaderEpochs) {
        Map<TopicPartition, Long> ends = new HashMap<>();
        atLeaders(leaderEpochs.keySet(), snapshot -> new OffsetLookup(calls.network(), snapshot, calls.timeoutMs())
                        .epochEnds(leaderEpochs))
                .forEach((partition, answer) -> {
                    if (answer.offset() >= 0) {
                        ends.put(partition, answer.offset());
                    }
                });
        return ends;
    }

    /** Asks the leaders of partitions, and repeats that until each has answered without an error. */
    private Map<TopicPartition, OffsetLookup.Found> atLeaders(
            Collection<TopicPartition> partitions,
            Function<MetadataSnapshot, CompletableFuture<Map<TopicPartition, OffsetLookup.Found>>> lookUp) {
        if (partitions.isEmpty()) {
            return Map.of();
        }
        Set<String> topics = new TreeSet<>();
        partitions.forEach(partition -> topics.add(partition.topic()));
        return calls.call("offsets", () -> calls.metadata(topics)
                .thenCompose(answer -> {
                    Map<String, TopicDescription> known = described(answer);
                    partitions.forEach(partition -> ensureExists(partition, known));
                    return lookUp.apply(MetadataSnapshot.EMPTY.updated(answer));
                })
                .thenApply(found -> {
                    found.forEach((partition, each) -> AdminCalls.check(each.error(), "offset of " + partition, null));
                    return found;
                }));
    }

    private static void ensureExists(TopicPartition partition, Map<String, TopicDescription> known) {
        TopicDescription topic = known.get(partition.topic());
        if (topic == null || partition.partition() >= topic.partitions().size()) {
            throw new AdminCalls.UnknownTopicException(partition.toString());
        }
    }

    @Override
    public void close() {
        calls.network().close();
    }
}
