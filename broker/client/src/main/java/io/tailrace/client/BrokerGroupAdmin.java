package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.codec.MalformedMessageException;
import io.tailrace.protocol.message.ConsumerGroupDescribeRequest;
import io.tailrace.protocol.message.ConsumerGroupDescribeResponse;
import io.tailrace.protocol.message.DeleteGroupsRequest;
import io.tailrace.protocol.message.DescribeGroupsRequest;
import io.tailrace.protocol.message.DescribeGroupsResponse;
import io.tailrace.protocol.message.ListGroupsRequest;
import io.tailrace.protocol.message.ListGroupsResponse;
import io.tailrace.protocol.message.MetadataResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/** The admin client of groups. Each call sends a request, waits, and retries. Keeps no state but connections. */
final class BrokerGroupAdmin implements GroupAdmin {
    private static final int TIMESTAMP_ROUNDS_MAX = 1000;

    /** Errors after which an earlier attempt may already have made the change. */
    private static final Set<ErrorCode> ANSWER_LOST = Set.of(ErrorCode.NETWORK_EXCEPTION, ErrorCode.REQUEST_TIMED_OUT);

    private final AdminCalls calls;

    BrokerGroupAdmin(ClientConfig config) {
        this(config, new SocketNetwork(config, Time.SYSTEM), Time.SYSTEM);
    }

    BrokerGroupAdmin(ClientConfig config, Network network, Time time) {
        calls = new AdminCalls(config, network, time);
    }

    @Override
    public List<GroupListing> groups() {
        List<GroupListing> groups = new ArrayList<>();
        MetadataResponse cluster = calls.call("brokers", () -> calls.metadata(List.of()));
        for (MetadataResponse.Broker broker : cluster.brokers()) {
            int id = broker.nodeId();
            ListGroupsResponse answer = calls.call("groups of broker " + id, () -> calls.broker(id)
                    .thenCompose(address -> calls.network()
                            .send(address, new ListGroupsRequest(List.of(), List.of()), calls.timeoutMs()))
                    .thenApply(listed -> {
                        AdminCalls.check(listed.errorCode(), "groups of broker " + id, null);
                        return listed;
                    }));
            answer.groups()
                    .forEach(group -> groups.add(new GroupListing(
                            group.groupId(),
                            group.groupType().toLowerCase(Locale.ROOT),
                            group.protocolType(),
                            group.groupState(),
                            id)));
        }
        groups.sort(Comparator.comparing(GroupListing::groupId));
        return groups;
    }

    @Override
    public GroupDescription describe(String group) {
        Coordinator coordinator = coordinatorOf(group);
        return calls.call("group " + group, () -> coordinator
                .ask(new ConsumerGroupDescribeRequest(List.of(group), false), BrokerGroupAdmin::consumerGroup)
                .exceptionally(BrokerGroupAdmin::noConsumerGroup)
                .thenCompose(found -> found.map(CompletableFuture::completedFuture)
                        .orElseGet(() -> coordinator.ask(
                                new DescribeGroupsRequest(List.of(group), false), BrokerGroupAdmin::classicGroup))));
    }

    /** The coordinator has only groups of the classic protocol, or this group is one. */
    private static Optional<GroupDescription> noConsumerGroup(Throwable failure) {
        ErrorCode error = Retry.errorOf(failure);
        if (error == ErrorCode.UNSUPPORTED_VERSION || error == ErrorCode.GROUP_ID_NOT_FOUND) {
            return Optional.empty();
        }
        throw new CompletionException(Retry.unwrapped(failure));
    }

    private static Optional<GroupDescription> consumerGroup(ConsumerGroupDescribeResponse answer) {
        ConsumerGroupDescribeResponse.Group group = answer.groups().get(0);
        AdminCalls.check(group.errorCode(), "group " + group.groupId(), group.errorMessage());
        return Optional.of(new GroupDescription(
                group.groupId(),
                GroupDescription.CONSUMER,
                group.groupState(),
                group.assignorName(),
                group.members().stream()
                        .map(member -> new GroupDescription.Member(
                                member.memberId(),
                                Optional.ofNullable(member.instanceId()),
                                member.clientId(),
                                member.clientHost(),
                                partitions(member.assignment())))
                        .toList()));
    }

    private static Set<TopicPartition> partitions(ConsumerGroupDescribeResponse.Assignment assignment) {
        return assignment.topicPartitions().stream()
                .flatMap(
                        topic -> topic.partitions().stream().map(index -> new TopicPartition(topic.topicName(), index)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static GroupDescription classicGroup(DescribeGroupsResponse answer) {
        DescribeGroupsResponse.Group group = answer.groups().get(0);
        if (group.errorCode() != ErrorCode.GROUP_ID_NOT_FOUND) {
            AdminCalls.check(group.errorCode(), "group " + group.groupId(), null);
        }
        boolean areConsumers = group.protocolType().equals("consumer");
        return new GroupDescription(
                group.groupId(),
                GroupDescription.CLASSIC,
                group.groupState(),
                group.protocolData(),
                group.members().stream()
                        .map(member -> new GroupDescription.Member(
                                member.memberId(),
                                Optional.ofNullable(member.groupInstanceId()),
                                member.clientId(),
                                member.clientHost(),
                                areConsumers ? partitions(member) : Set.of()))
                        .toList());
    }

    /** Empty for bytes that are not the assignment of a consumer: only the client can read them. */
    private static Set<TopicPartition> partitions(DescribeGroupsResponse.Member member) {
        try {
            return ClassicFormats.partitions(member.memberAssignment());
        } catch (MalformedMessageException e) {
            return Set.of();
        }
    }

    @Override
    public Map<TopicPartition, Long> committed(String group) {
        GroupOffsetCalls offsets = new GroupOffsetCalls(coordinatorOf(group));
        return calls.call("offsets of group " + group, () -> offsets.fetch(null));
    }

    @Override
    public void commit(String group, Map<TopicPartition, Long> offsets) {
        GroupOffsetCalls offsetCalls = new GroupOffsetCalls(coordinatorOf(group));
        calls.call("commit offsets of group " + group, () -> offsetCalls.commit(offsets, MemberIdentity.NONE));
    }

    @Override
    public void delete(String group) {
        Coordinator coordinator = coordinatorOf(group);
        AtomicBoolean mayBeDone = new AtomicBoolean();
        calls.call("delete group " + group, () -> coordinator
                .ask(new DeleteGroupsRequest(List.of(group)), answer -> {
                    ErrorCode error = answer.results().get(0).errorCode();
                    if (error != ErrorCode.GROUP_ID_NOT_FOUND || !mayBeDone.get()) {
                        AdminCalls.check(error, "group " + group, null);
                    }
                    return true;
                })
                .whenComplete((done, failure) -> {
                    if (failure != null && ANSWER_LOST.contains(Retry.errorOf(failure))) {
                        mayBeDone.set(true);
                    }
                }));
    }

    @Override
    public List<ConfigEntry> config(String group) {
        return new ConfigCalls(calls).groupConfig(group);
    }

    @Override
    public void configure(String group, Map<String, Optional<String>> changes) {
        new ConfigCalls(calls).configureGroup(group, changes);
    }

    private Coordinator coordinatorOf(String group) {
        return new Coordinator(group, calls.network(), calls::anyBroker, calls::avoidBroker, calls.timeoutMs());
    }

    @Override
    public Map<String, Integer> partitionCounts(Collection<String> topics) {
        if (topics.isEmpty()) {
            return Map.of();
        }
        MetadataResponse answer = calls.call("topics " + topics, () -> calls.metadata(topics));
        Map<String, Integer> counts = new TreeMap<>();
        for (MetadataResponse.Topic topic : answer.topics()) {
            if (topic.errorCode() == ErrorCode.NONE) {
                counts.put(
                        Objects.requireNonNull(topic.name()), topic.partitions().size());
            }
        }
        return counts;
    }

    @Override
    public Map<TopicPartition, PartitionOffset> offsets(Map<TopicPartition, Long> timesMs) {
        if (timesMs.isEmpty()) {
            return Map.of();
        }
        return calls.call(
                "offsets", () -> calls.metadata(topicsOf(timesMs.keySet())).thenCompose(answer -> OffsetLookup.find(
                                calls.network(),
                                MetadataSnapshot.EMPTY.updated(answer),
                                timesMs,
                                IsolationLevel.READ_UNCOMMITTED,
                                calls.timeoutMs())
                        .thenApply(found -> offsets(timesMs.keySet(), found, answer))));
    }

    private static Map<TopicPartition, PartitionOffset> offsets(
            Set<TopicPartition> asked, Map<TopicPartition, OffsetLookup.Found> found, MetadataResponse cluster) {
        Map<String, ErrorCode> topics = new HashMap<>();
        Map<String, Integer> counts = new HashMap<>();
        for (MetadataResponse.Topic topic : cluster.topics()) {
            topics.put(Objects.requireNonNull(topic.name()), topic.errorCode());
            counts.put(topic.name(), topic.partitions().size());
        }
        Map<TopicPartition, PartitionOffset> offsets = new TreeMap<>();
        for (TopicPartition partition : asked) {
            ErrorCode error = topics.getOrDefault(partition.topic(), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
            OffsetLookup.Found answer = found.get(partition);
            if (error == ErrorCode.NONE && partition.partition() >= counts.getOrDefault(partition.topic(), 0)) {
                error = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
            } else if (error == ErrorCode.NONE && answer != null) {
                error = answer.error();
            }
            long offset = error == ErrorCode.NONE && answer != null ? answer.offset() : -1;
            offsets.put(
                    partition, new PartitionOffset(error, offset < 0 ? OptionalLong.empty() : OptionalLong.of(offset)));
        }
        return offsets;
    }

    private static Set<String> topicsOf(Collection<TopicPartition> partitions) {
        return partitions.stream().map(TopicPartition::topic).collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public Map<TopicPartition, Long> timestampsMs(Map<TopicPartition, Long> offsets) {
        Map<TopicPartition, Long> left = new TreeMap<>(offsets);
        Map<TopicPartition, Long> timestamps = new TreeMap<>();
        if (offsets.isEmpty()) {
            return timestamps;
        }
        MetadataResponse cluster = calls.call("leaders", () -> calls.metadata(topicsOf(offsets.keySet())));
        RecordTimes times =
                new RecordTimes(calls.network(), MetadataSnapshot.EMPTY.updated(cluster), calls.timeoutMs());
        for (int round = 0; round < TIMESTAMP_ROUNDS_MAX && !left.isEmpty(); round++) {
            Map<TopicPartition, OptionalLong> found = calls.call("timestamps", () -> times.read(Map.copyOf(left)));
            if (found.isEmpty()) {
                break;
            }
            found.forEach((partition, timestamp) -> {
                left.remove(partition);
                timestamp.ifPresent(each -> timestamps.put(partition, each));
            });
        }
        return timestamps;
    }

    @Override
    public void close() {
        calls.network().close();
    }
}
