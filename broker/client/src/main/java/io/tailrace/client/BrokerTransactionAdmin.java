package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.DescribeProducersRequest;
import io.tailrace.protocol.message.DescribeProducersResponse;
import io.tailrace.protocol.message.DescribeTransactionsRequest;
import io.tailrace.protocol.message.DescribeTransactionsResponse;
import io.tailrace.protocol.message.ListTransactionsRequest;
import io.tailrace.protocol.message.ListTransactionsResponse;
import io.tailrace.protocol.message.MetadataResponse;
import io.tailrace.protocol.message.WriteTxnMarkersRequest;
import io.tailrace.protocol.message.WriteTxnMarkersResponse;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** The admin client of transactions. Each call sends requests, waits, and retries. Keeps no state but connections. */
final class BrokerTransactionAdmin implements TransactionAdmin {
    /** The marker has the epoch of the transaction's records, as in version 1, and not a raised one. */
    private static final byte MARKER_OF_THE_SAME_EPOCH = 1;

    private final AdminCalls calls;

    BrokerTransactionAdmin(ClientConfig config) {
        this(config, new SocketNetwork(config, Time.SYSTEM), Time.SYSTEM);
    }

    BrokerTransactionAdmin(ClientConfig config, Network network, Time time) {
        calls = new AdminCalls(config, network, time);
    }

    @Override
    public int transactionVersion() {
        String what = "API versions";
        return calls.call(what, () -> calls.ask(ApiVersions.REQUEST).thenApply(answer -> {
            AdminCalls.check(answer.errorCode(), what, null);
            return TransactionCalls.version(answer);
        }));
    }

    @Override
    public List<TransactionListing> transactions() {
        List<TransactionListing> all = new ArrayList<>();
        ListTransactionsRequest request = new ListTransactionsRequest(List.of(), List.of(), -1, null);
        MetadataResponse cluster = calls.call("brokers", () -> calls.metadata(List.of()));
        for (MetadataResponse.Broker broker : cluster.brokers()) {
            int id = broker.nodeId();
            String what = "transactions of broker " + id;
            ListTransactionsResponse answer = calls.call(what, () -> calls.broker(id)
                    .thenCompose(address -> calls.network().send(address, request, calls.timeoutMs()))
                    .thenApply(listed -> {
                        AdminCalls.check(listed.errorCode(), what, null);
                        return listed;
                    }));
            answer.transactionStates()
                    .forEach(each -> all.add(new TransactionListing(
                            each.transactionalId(), each.producerId(), each.transactionState(), id)));
        }
        all.sort(Comparator.comparing(TransactionListing::transactionalId));
        return all;
    }

    @Override
    public Optional<TransactionDescription> describe(String transactionalId) {
        Coordinator coordinator = Coordinator.ofTransactions(
                transactionalId, calls.network(), calls::anyBroker, calls::avoidBroker, calls.timeoutMs());
        return calls.call(
                "transactional id " + transactionalId,
                () -> coordinator.ask(
                        new DescribeTransactionsRequest(List.of(transactionalId)), BrokerTransactionAdmin::described));
    }

    private static Optional<TransactionDescription> described(DescribeTransactionsResponse answer) {
        DescribeTransactionsResponse.TransactionState state =
                answer.transactionStates().get(0);
        if (state.errorCode() == ErrorCode.TRANSACTIONAL_ID_NOT_FOUND) {
            return Optional.empty();
        }
        AdminCalls.check(state.errorCode(), "transactional id " + state.transactionalId(), null);
        Set<TopicPartition> partitions = new TreeSet<>();
        state.topics().forEach(topic -> topic.partitions()
                .forEach(index -> partitions.add(new TopicPartition(topic.topic(), index))));
        return Optional.of(new TransactionDescription(
                state.transactionalId(),
                state.producerId(),
                state.producerEpoch(),
                state.transactionState(),
                state.transactionTimeoutMs(),
                optional(state.transactionStartTimeMs()),
                partitions));
    }

    private static OptionalLong optional(long value) {
        return value < 0 ? OptionalLong.empty() : OptionalLong.of(value);
    }

    @Override
    public Map<TopicPartition, List<ProducerDescription>> producers(Collection<TopicPartition> partitions) {
        Map<TopicPartition, List<ProducerDescription>> found = new ConcurrentHashMap<>();
        if (!partitions.isEmpty()) {
            boolean unused = calls.call("producers", () -> leaders(partitions).thenCompose(leaders -> {
                List<CompletableFuture<Void>> answers = new ArrayList<>();
                leaders.forEach((leader, topics) -> answers.add(calls.network()
                        .send(leader, request(topics), calls.timeoutMs())
                        .thenAccept(answer -> take(answer, found))));
                return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                        .thenApply(all -> true);
            }));
        }
        return new TreeMap<>(found);
    }

    /** The partitions by leader and topic. */
    private CompletableFuture<Map<InetSocketAddress, Map<String, List<Integer>>>> leaders(
            Collection<TopicPartition> partitions) {
        return calls.metadata(partitions.stream().map(TopicPartition::topic).collect(Collectors.toSet()))
                .thenApply(answer -> {
                    answer.topics()
                            .forEach(topic ->
                                    AdminCalls.checkExisting(topic.errorCode(), "topic " + topic.name(), null));
                    MetadataSnapshot snapshot = MetadataSnapshot.EMPTY.updated(answer);
                    Map<InetSocketAddress, Map<String, List<Integer>>> byLeader = new HashMap<>();
                    for (TopicPartition partition : partitions) {
                        byLeader.computeIfAbsent(leader(partition, snapshot), broker -> new LinkedHashMap<>())
                                .computeIfAbsent(partition.topic(), topic -> new ArrayList<>())
                                .add(partition.partition());
                    }
                    return byLeader;
                });
    }

    private static InetSocketAddress leader(TopicPartition partition, MetadataSnapshot snapshot) {
        if (partition.partition() >= snapshot.partitionCount(partition.topic())) {
            throw new AdminCalls.UnknownTopicException(partition.toString());
        }
        MetadataSnapshot.Leader leader = snapshot.leader(partition);
        InetSocketAddress address = leader == null ? null : leader.address();
        if (address == null) {
            throw new ClientException(ErrorCode.LEADER_NOT_AVAILABLE, partition + " has no leader");
        }
        return address;
    }

    private static DescribeProducersRequest request(Map<String, List<Integer>> topics) {
        return new DescribeProducersRequest(topics.entrySet().stream()
                .map(topic -> new DescribeProducersRequest.Topic(topic.getKey(), topic.getValue()))
                .toList());
    }

    private static void take(DescribeProducersResponse answer, Map<TopicPartition, List<ProducerDescription>> found) {
        for (DescribeProducersResponse.Topic topic : answer.topics()) {
            for (DescribeProducersResponse.Partition each : topic.partitions()) {
                TopicPartition partition = new TopicPartition(topic.name(), each.partitionIndex());
                AdminCalls.check(each.errorCode(), partition.toString(), each.errorMessage());
                found.put(
                        partition,
                        each.activeProducers().stream()
                                .map(BrokerTransactionAdmin::described)
                                .toList());
            }
        }
    }

    private static ProducerDescription described(DescribeProducersResponse.Producer producer) {
        return new ProducerDescription(
                producer.producerId(),
                (short) producer.producerEpoch(),
                producer.lastSequence(),
                producer.lastTimestamp(),
                producer.coordinatorEpoch() < 0 ? OptionalInt.empty() : OptionalInt.of(producer.coordinatorEpoch()),
                optional(producer.currentTxnStartOffset()));
    }

    @Override
    public void abort(TopicPartition partition, ProducerDescription producer) {
        WriteTxnMarkersRequest request = new WriteTxnMarkersRequest(List.of(new WriteTxnMarkersRequest.Marker(
                producer.producerId(),
                producer.producerEpoch(),
                false,
                List.of(new WriteTxnMarkersRequest.Topic(partition.topic(), List.of(partition.partition()))),
                producer.coordinatorEpoch().orElse(0),
                MARKER_OF_THE_SAME_EPOCH)));
        boolean unused = calls.call(
                "abort of producer " + producer.producerId() + " in " + partition, () -> leaders(List.of(partition))
                        .thenCompose(leaders ->
                                calls.network().send(leaders.keySet().iterator().next(), request, calls.timeoutMs()))
                        .thenApply(answer -> written(partition, answer)));
    }

    private static boolean written(TopicPartition partition, WriteTxnMarkersResponse answer) {
        for (WriteTxnMarkersResponse.Marker marker : answer.markers()) {
            for (WriteTxnMarkersResponse.Topic topic : marker.topics()) {
                topic.partitions().forEach(each -> AdminCalls.check(each.errorCode(), partition + ", marker", null));
            }
        }
        return true;
    }

    @Override
    public void close() {
        calls.network().close();
    }
}
