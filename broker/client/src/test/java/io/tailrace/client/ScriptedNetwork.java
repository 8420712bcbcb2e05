package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.InitProducerIdRequest;
import io.tailrace.protocol.message.InitProducerIdResponse;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataResponse;
import io.tailrace.protocol.message.Request;
import io.tailrace.protocol.message.Response;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Brokers 1 and 2 in memory. They answer requests for metadata and for ids of idempotent producers by themselves. All other
 * requests wait for the test to answer them.
 */
final class ScriptedNetwork implements Network {
    /** A broker's address. */
    static InetSocketAddress address(int broker) {
        return InetSocketAddress.createUnresolved("broker", broker);
    }

    /** A request that waits for an answer. */
    record Asked(InetSocketAddress broker, Request<?> request, CompletableFuture<Response> answer) {
        void answer(Response response) {
            answer.complete(response);
        }

        void fail(ErrorCode error) {
            answer.completeExceptionally(new ClientException(error, "scripted"));
        }

        <T extends Request<?>> T as(Class<T> type) {
            return type.cast(request);
        }
    }

    private final List<Asked> asked = new ArrayList<>();
    private final Map<TopicPartition, Integer> leaders = new TreeMap<>();
    private final Map<TopicPartition, Integer> epochs = new TreeMap<>();
    private final Map<String, UUID> newIds = new TreeMap<>();
    private final List<MetadataRequest> metadataRequests = new ArrayList<>();
    private long nextProducerId = 100;
    /** The leader in metadata, -1 for none. */
    int controllerId = 1;

    private boolean closed;
    private boolean metadataWaits;

    /** Makes a broker lead a partition in the next epoch; 0 for no leader. */
    void lead(int broker, TopicPartition partition) {
        leaders.put(partition, broker);
        epochs.merge(partition, 1, Integer::sum);
    }

    /** Deletes a topic. */
    void delete(String topic) {
        leaders.keySet().removeIf(each -> each.topic().equals(topic));
        epochs.keySet().removeIf(each -> each.topic().equals(topic));
    }

    /** Deletes a partition's topic and creates it again, with this partition only, led by broker 1 in the first epoch. */
    void recreate(TopicPartition partition) {
        delete(partition.topic());
        newIds.put(partition.topic(), UUID.randomUUID());
        lead(1, partition);
    }

    /** All requests for metadata, oldest first. */
    List<MetadataRequest> metadataRequests() {
        return metadataRequests;
    }

    int leader(TopicPartition partition) {
        return Objects.requireNonNull(leaders.get(partition));
    }

    int epoch(TopicPartition partition) {
        return Objects.requireNonNull(epochs.get(partition));
    }

    /** Whether requests for metadata wait like all others. */
    void holdMetadata(boolean hold) {
        metadataWaits = hold;
    }

    /** Waiting requests, oldest first. */
    List<Asked> asked() {
        return asked;
    }

    /** Takes the only waiting request. */
    Asked only() {
        if (asked.size() != 1) {
            throw new AssertionError("expected one waiting request, found " + asked);
        }
        return asked.remove(0);
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    @SuppressWarnings("unchecked") // a test answers each request with its response type
    public <R extends Response> CompletableFuture<R> send(InetSocketAddress broker, Request<R> request, int timeoutMs) {
        CompletableFuture<Response> answer = new CompletableFuture<>();
        if (request instanceof MetadataRequest metadata) {
            metadataRequests.add(metadata);
        }
        if (request instanceof MetadataRequest metadata && !metadataWaits) {
            answer.complete(metadata(metadata));
        } else if (request instanceof InitProducerIdRequest init && init.transactionalId() == null) {
            answer.complete(new InitProducerIdResponse(0, ErrorCode.NONE, nextProducerId++, (short) 0));
        } else {
            asked.add(new Asked(broker, request, answer));
        }
        return (CompletableFuture<R>) answer;
    }

    /** The id of a topic that was created once. */
    static UUID idOf(String topic) {
        return UUID.nameUUIDFromBytes(topic.getBytes(StandardCharsets.UTF_8));
    }

    private UUID currentIdOf(String topic) {
        return newIds.getOrDefault(topic, idOf(topic));
    }

    private String nameOf(UUID id) {
        return leaders.keySet().stream()
                .map(TopicPartition::topic)
                .filter(topic -> currentIdOf(topic).equals(id))
                .findFirst()
                .orElseThrow();
    }

    private List<MetadataRequest.Topic> topics(MetadataRequest request) {
        List<MetadataRequest.Topic> asked = request.topics();
        return asked != null
                ? asked
                : leaders.keySet().stream()
                        .map(TopicPartition::topic)
                        .distinct()
                        .map(MetadataRequest.Topic::new)
                        .toList();
    }

    MetadataResponse metadata(MetadataRequest request) {
        List<MetadataResponse.Broker> brokers = List.of(
                new MetadataResponse.Broker(1, "broker", 1, null), new MetadataResponse.Broker(2, "broker", 2, null));
        List<MetadataResponse.Topic> topics = new ArrayList<>();
        for (MetadataRequest.Topic topic : topics(request)) {
            String name = topic.name() == null ? nameOf(topic.topicId()) : topic.name();
            List<MetadataResponse.Partition> partitions = new ArrayList<>();
            leaders.forEach((partition, leader) -> {
                if (partition.topic().equals(name)) {
                    partitions.add(new MetadataResponse.Partition(
                            ErrorCode.NONE,
                            partition.partition(),
                            leader == 0 ? -1 : leader,
                            epoch(partition),
                            List.of(1, 2),
                            List.of(1, 2),
                            List.of()));
                }
            });
            ErrorCode error = partitions.isEmpty() ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.NONE;
            topics.add(
                    new MetadataResponse.Topic(error, name, currentIdOf(name), false, partitions, Integer.MIN_VALUE));
        }
        return new MetadataResponse(0, brokers, "cluster", controllerId, topics, Integer.MIN_VALUE);
    }

    @Override
    public void close() {
        closed = true;
        asked.forEach(request -> request.fail(ErrorCode.NETWORK_EXCEPTION));
        asked.clear();
    }
}
