package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.FindCoordinatorRequest;
import io.tailrace.protocol.message.FindCoordinatorResponse;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchResponse;
import io.tailrace.protocol.message.Request;
import io.tailrace.protocol.message.Response;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads and commits a group's offsets at its coordinator. Each call is one attempt; after a failure the coordinator is
 * looked up again. Commits use generation -1, since this consumer assigns its own partitions. Thread-safe.
 */
final class GroupOffsetCalls {
    private final String group;
    private final Network network;
    private final Supplier<InetSocketAddress> anyBroker;
    private final Runnable avoidBroker;
    private final int timeoutMs;
    private volatile @Nullable InetSocketAddress coordinator;

    /**
     * Creates the calls. Sends nothing yet.
     *
     * @param anyBroker a broker to ask for the coordinator
     * @param avoidBroker makes {@code anyBroker} return another one
     * @param timeoutMs how long each request may take
     */
    GroupOffsetCalls(
            String group, Network network, Supplier<InetSocketAddress> anyBroker, Runnable avoidBroker, int timeoutMs) {
        this.group = group;
        this.network = network;
        this.anyBroker = anyBroker;
        this.avoidBroker = avoidBroker;
        this.timeoutMs = timeoutMs;
    }

    /** Commits offsets (exclusive: the next to be read). Fails with the first partition's error. */
    CompletableFuture<Boolean> commit(Map<TopicPartition, Long> offsets) {
        Map<String, List<OffsetCommitRequest.Partition>> topics = new LinkedHashMap<>();
        offsets.forEach((partition, offset) -> topics.computeIfAbsent(partition.topic(), topic -> new ArrayList<>())
                .add(new OffsetCommitRequest.Partition(partition.partition(), offset, -1, "")));
        List<OffsetCommitRequest.Topic> body = new ArrayList<>();
        topics.forEach((topic, partitions) -> body.add(new OffsetCommitRequest.Topic(topic, partitions)));
        return forgettingOnFailure(coordinator()
                .thenCompose(broker -> network.send(broker, new OffsetCommitRequest(group, body), timeoutMs))
                .thenApply(this::committed));
    }

    /**
     * Asks the coordinator something else.
     *
     * @param read reads the answer, and throws for an error in it
     */
    <R extends Response, T> CompletableFuture<T> ask(Request<R> request, Function<R, T> read) {
        return forgettingOnFailure(coordinator()
                .thenCompose(broker -> network.send(broker, request, timeoutMs))
                .thenApply(read));
    }

    private boolean committed(OffsetCommitResponse answer) {
        for (OffsetCommitResponse.Topic topic : answer.topics()) {
            for (OffsetCommitResponse.Partition partition : topic.partitions()) {
                check(partition.errorCode(), new TopicPartition(topic.name(), partition.partitionIndex()).toString());
            }
        }
        return true;
    }

    /** The committed offsets of these partitions, or of all if null; partitions without one are absent. */
    CompletableFuture<Map<TopicPartition, Long>> fetch(@Nullable Collection<TopicPartition> partitions) {
        List<OffsetFetchRequest.Topic> topics = null;
        if (partitions != null) {
            Map<String, List<Integer>> indexes = new LinkedHashMap<>();
            partitions.forEach(partition -> indexes.computeIfAbsent(partition.topic(), topic -> new ArrayList<>())
                    .add(partition.partition()));
            topics = new ArrayList<>();
            for (Map.Entry<String, List<Integer>> topic : indexes.entrySet()) {
                topics.add(new OffsetFetchRequest.Topic(topic.getKey(), topic.getValue()));
            }
        }
        OffsetFetchRequest request =
                new OffsetFetchRequest(group, topics, List.of(new OffsetFetchRequest.Group(group, topics)), false);
        return forgettingOnFailure(coordinator()
                .thenCompose(broker -> network.send(broker, request, timeoutMs))
                .thenApply(this::fetched));
    }

    /** Up to version 7 a response is one group's; from 8 on it is a list of groups. */
    private Map<TopicPartition, Long> fetched(OffsetFetchResponse answer) {
        List<OffsetFetchResponse.Topic> topics = answer.topics();
        if (answer.groups().isEmpty()) {
            check(answer.errorCode(), "offsets");
        } else {
            check(answer.groups().get(0).errorCode(), "offsets");
            topics = answer.groups().get(0).topics();
        }
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (OffsetFetchResponse.Topic topic : topics) {
            for (OffsetFetchResponse.Partition partition : topic.partitions()) {
                TopicPartition of = new TopicPartition(topic.name(), partition.partitionIndex());
                check(partition.errorCode(), of.toString());
                if (partition.committedOffset() >= 0) {
                    offsets.put(of, partition.committedOffset());
                }
            }
        }
        return offsets;
    }

    private void check(ErrorCode error, String what) {
        if (error != ErrorCode.NONE) {
            throw new ClientException(error, "group " + group + ", " + what + ": " + error);
        }
    }

    private <T> CompletableFuture<T> forgettingOnFailure(CompletableFuture<T> answer) {
        return answer.whenComplete((done, failure) -> {
            if (failure != null) {
                coordinator = null;
            }
        });
    }

    private CompletableFuture<InetSocketAddress> coordinator() {
        InetSocketAddress known = coordinator;
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        FindCoordinatorRequest request =
                new FindCoordinatorRequest(group, FindCoordinatorRequest.GROUP, List.of(group));
        return network.send(anyBroker.get(), request, timeoutMs)
                .whenComplete((answer, failure) -> {
                    if (failure != null) {
                        avoidBroker.run();
                    }
                })
                .thenApply(this::found);
    }

    /** Up to version 3 a response is one coordinator; from 4 on it is a list. */
    private InetSocketAddress found(FindCoordinatorResponse answer) {
        InetSocketAddress address;
        if (answer.coordinators().isEmpty()) {
            check(answer.errorCode(), "coordinator");
            address = InetSocketAddress.createUnresolved(answer.host(), answer.port());
        } else {
            FindCoordinatorResponse.Coordinator first = answer.coordinators().get(0);
            check(first.errorCode(), "coordinator");
            address = InetSocketAddress.createUnresolved(first.host(), first.port());
        }
        coordinator = address;
        return address;
    }
}
