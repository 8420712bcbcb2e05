package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.CreatePartitionsRequest;
import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.DeleteTopicsRequest;
import io.tailrace.protocol.message.DescribeConfigsRequest;
import io.tailrace.protocol.message.DescribeConfigsResponse;
import io.tailrace.protocol.message.ListOffsetsRequest;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataResponse;
import io.tailrace.protocol.message.Request;
import io.tailrace.protocol.message.Response;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The admin client: each call asks, waits, and asks again while the answer may change. Keeps nothing but connections. */
final class BrokerAdmin implements Admin {
    private final ClientConfig config;
    private final Network network;
    private final Retry retry;
    private final AtomicInteger brokerTurn = new AtomicInteger();

    BrokerAdmin(ClientConfig config) {
        this(config, new SocketNetwork(config, Time.SYSTEM), Time.SYSTEM);
    }

    BrokerAdmin(ClientConfig config, Network network, Time time) {
        this.config = config;
        this.network = network;
        Backoff backoff = new Backoff(config, () -> ThreadLocalRandom.current().nextDouble());
        this.retry = new Retry(config.requestTimeoutMs(), backoff, time);
    }

    private InetSocketAddress anyBroker() {
        List<InetSocketAddress> servers = config.bootstrapServers();
        return servers.get(Math.floorMod(brokerTurn.get(), servers.size()));
    }

    private void avoidBroker() {
        brokerTurn.incrementAndGet();
    }

    /** Asks any broker; the next one after a failure. */
    private <R extends Response> CompletableFuture<R> ask(Request<R> request) {
        return network.send(anyBroker(), request, config.requestTimeoutMs()).whenComplete((answer, failure) -> {
            if (failure != null) {
                avoidBroker();
            }
        });
    }

    private CompletableFuture<MetadataResponse> metadata(@Nullable Collection<String> topics) {
        List<MetadataRequest.Topic> names = topics == null
                ? null
                : topics.stream().map(MetadataRequest.Topic::new).toList();
        return ask(new MetadataRequest(names, false, false, false));
    }

    private CompletableFuture<InetSocketAddress> controller() {
        return metadata(List.of()).thenApply(answer -> {
            InetSocketAddress controller =
                    ClusterView.EMPTY.updated(answer).brokers().get(answer.controllerId());
            if (controller == null) {
                throw new ClientException(ErrorCode.NOT_CONTROLLER, "the cluster has no controller now");
            }
            return controller;
        });
    }

    @Override
    public ClusterDescription cluster() {
        MetadataResponse answer = retry.call("cluster", () -> metadata(List.of()));
        List<ClusterDescription.Node> nodes = answer.brokers().stream()
                .map(broker -> new ClusterDescription.Node(broker.nodeId(), broker.host(), broker.port()))
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
                retry.call("topics", () -> metadata(null)).topics()) {
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
        return retry.call("describe topics", () -> metadata(topics).thenApply(BrokerAdmin::described));
    }

    private static Map<String, TopicDescription> described(MetadataResponse answer) {
        Map<String, TopicDescription> topics = new LinkedHashMap<>();
        for (MetadataResponse.Topic topic : answer.topics()) {
            String name = Objects.requireNonNull(topic.name());
            if (topic.errorCode() == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
                throw new UnknownTopicException(name);
            }
            check(topic.errorCode(), "topic " + name, null);
            List<TopicDescription.Partition> partitions = topic.partitions().stream()
                    .map(partition -> new TopicDescription.Partition(
                            partition.partitionIndex(),
                            partition.leaderId() < 0 ? OptionalInt.empty() : OptionalInt.of(partition.leaderId()),
                            partition.leaderEpoch(),
                            partition.replicaNodes(),
                            partition.isrNodes()))
                    .sorted(Comparator.comparingInt(TopicDescription.Partition::partition))
                    .toList();
            topics.put(name, new TopicDescription(name, topic.isInternal(), partitions));
        }
        return topics;
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
                config.requestTimeoutMs(),
                false);
        change(
                "create topic " + topic.name(),
                request,
                ErrorCode.TOPIC_ALREADY_EXISTS,
                answer -> answer.topics().stream()
                        .map(created -> new Outcome(created.name(), created.errorCode(), created.errorMessage())));
        awaitLeaders(topic.name(), topic.partitions().orElse(1));
    }

    /** What became of one topic of a change. */
    private record Outcome(
            @Nullable String topic,
            ErrorCode error,
            @Nullable String message) {}

    /**
     * Asks the controller for a change, again if that may help. Where the answer to an earlier attempt was lost, or told
     * of other topics only, {@code foundDone} means that the earlier one has made the change.
     */
    private <R extends Response> void change(
            String what, Request<R> request, ErrorCode foundDone, Function<R, Stream<Outcome>> outcomesOf) {
        AtomicBoolean mayBeDone = new AtomicBoolean();
        Set<String> done = ConcurrentHashMap.newKeySet();
        Supplier<CompletableFuture<Boolean>> attempt = () -> controller()
                .thenCompose(controller -> network.send(controller, request, config.requestTimeoutMs())
                        .whenComplete((answer, failure) -> {
                            if (failure != null) {
                                mayBeDone.set(true);
                            }
                        }))
                .thenApply(answer -> {
                    List<Outcome> outcomes = outcomesOf.apply(answer).toList();
                    for (Outcome outcome : outcomes) {
                        String topic = String.valueOf(outcome.topic);
                        if (outcome.error == ErrorCode.NONE) {
                            done.add(topic);
                        } else if (outcome.error == ErrorCode.REQUEST_TIMED_OUT) {
                            mayBeDone.set(true);
                        }
                    }
                    for (Outcome outcome : outcomes) {
                        String topic = String.valueOf(outcome.topic);
                        boolean wasDone = mayBeDone.get() || done.contains(topic);
                        if (!wasDone || outcome.error != foundDone) {
                            checkTopic(outcome.error, topic, outcome.message);
                        }
                    }
                    return true;
                });
        retry.call(what, attempt);
    }

    /** As {@link #check}, of a topic that must exist: no use asking again if it does not. */
    private static void checkTopic(ErrorCode error, String topic, @Nullable String message) {
        if (error == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
            throw new UnknownTopicException("topic " + topic);
        }
        check(error, "topic " + topic, message);
    }

    /** Until every partition that was asked for is there and has a leader. */
    private void awaitLeaders(String topic, int partitions) {
        retry.call("leaders of topic " + topic, () -> metadata(List.of(topic)).thenApply(answer -> {
            ClusterView view = ClusterView.EMPTY.updated(answer);
            if (view.partitionCount(topic) < partitions || !view.isComplete(topic)) {
                throw new ClientException(
                        ErrorCode.LEADER_NOT_AVAILABLE, "not every partition of " + topic + " has a leader yet");
            }
            return view;
        }));
    }

    @Override
    public void createPartitions(String topic, int partitions) {
        CreatePartitionsRequest request = new CreatePartitionsRequest(
                List.of(new CreatePartitionsRequest.Topic(topic, partitions, null)), config.requestTimeoutMs(), false);
        change("grow topic " + topic, request, ErrorCode.INVALID_PARTITIONS, answer -> answer.results().stream()
                .map(result -> new Outcome(result.name(), result.errorCode(), result.errorMessage())));
        awaitLeaders(topic, partitions);
    }

    @Override
    public void deleteTopics(Collection<String> topics) {
        List<DeleteTopicsRequest.Topic> body = topics.stream()
                .map(name -> new DeleteTopicsRequest.Topic(name, new UUID(0, 0)))
                .toList();
        DeleteTopicsRequest request = new DeleteTopicsRequest(body, List.copyOf(topics), config.requestTimeoutMs());
        change(
                "delete topics " + topics,
                request,
                ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                answer -> answer.responses().stream()
                        .map(deleted -> new Outcome(deleted.name(), deleted.errorCode(), deleted.errorMessage())));
    }

    @Override
    public List<ConfigEntry> topicConfig(String topic) {
        DescribeConfigsRequest request = new DescribeConfigsRequest(
                List.of(new DescribeConfigsRequest.Resource(DescribeConfigsRequest.TOPIC, topic, null)), false);
        return retry.call("configuration of topic " + topic, () -> ask(request).thenApply(answer -> {
            DescribeConfigsResponse.Result result = answer.results().get(0);
            checkTopic(result.errorCode(), topic, result.errorMessage());
            return result.configs().stream()
                    .map(entry -> new ConfigEntry(
                            entry.name(),
                            entry.isSensitive() ? null : entry.value(),
                            entry.configSource() != DescribeConfigsResponse.SOURCE_TOPIC))
                    .sorted(Comparator.comparing(ConfigEntry::name))
                    .toList();
        }));
    }

    @Override
    public Map<TopicPartition, Long> earliestOffsets(Collection<TopicPartition> partitions) {
        return offsets(partitions, partition -> ListOffsetsRequest.EARLIEST);
    }

    @Override
    public Map<TopicPartition, Long> latestOffsets(Collection<TopicPartition> partitions) {
        return offsets(partitions, partition -> ListOffsetsRequest.LATEST);
    }

    @Override
    public Map<TopicPartition, Long> offsetsAt(Map<TopicPartition, Long> timestampsMs) {
        return offsets(timestampsMs.keySet(), partition -> Objects.requireNonNull(timestampsMs.get(partition)));
    }

    private Map<TopicPartition, Long> offsets(
            Collection<TopicPartition> partitions, Function<TopicPartition, Long> timestamp) {
        if (partitions.isEmpty()) {
            return Map.of();
        }
        Map<TopicPartition, Long> timestamps = new HashMap<>();
        Set<String> topics = new TreeSet<>();
        for (TopicPartition partition : partitions) {
            timestamps.put(partition, timestamp.apply(partition));
            topics.add(partition.topic());
        }
        return retry.call("offsets", () -> metadata(topics)
                .thenCompose(answer -> {
                    Map<String, TopicDescription> known = described(answer);
                    partitions.forEach(partition -> ensureExists(partition, known));
                    return OffsetLookup.find(
                            network, ClusterView.EMPTY.updated(answer), timestamps, config.requestTimeoutMs());
                })
                .thenApply(BrokerAdmin::offsets));
    }

    private static void ensureExists(TopicPartition partition, Map<String, TopicDescription> known) {
        TopicDescription topic = known.get(partition.topic());
        if (topic == null || partition.partition() >= topic.partitions().size()) {
            throw new UnknownTopicException(partition.toString());
        }
    }

    private static Map<TopicPartition, Long> offsets(Map<TopicPartition, OffsetLookup.Found> found) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        found.forEach((partition, answer) -> {
            check(answer.error(), "offset of " + partition, null);
            if (answer.offset() >= 0) {
                offsets.put(partition, answer.offset());
            }
        });
        return offsets;
    }

    @Override
    public Map<TopicPartition, Long> groupOffsets(String group) {
        GroupOffsets offsets =
                new GroupOffsets(group, network, this::anyBroker, this::avoidBroker, config.requestTimeoutMs());
        return retry.call("offsets of group " + group, () -> offsets.fetch(null));
    }

    private static void check(ErrorCode error, String what, @Nullable String message) {
        if (error != ErrorCode.NONE) {
            throw new ClientException(error, what + ": " + error + (message == null ? "" : ", " + message));
        }
    }

    @Override
    public void close() {
        network.close();
    }

    /** A topic that does not exist: no use asking again, though a producer, whose topic may be about to be, does. */
    private static final class UnknownTopicException extends ClientException {
        private static final long serialVersionUID = 1L;

        UnknownTopicException(String what) {
            super(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, what + " does not exist");
        }

        @Override
        public boolean retriable() {
            return false;
        }
    }
}
