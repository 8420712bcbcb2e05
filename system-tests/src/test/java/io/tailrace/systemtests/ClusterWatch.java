package io.tailrace.systemtests;

import static org.awaitility.Awaitility.await;

import io.tailrace.client.ClientConfig;
import io.tailrace.client.Network;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataResponse;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/**
 * What each broker says of the cluster. All are asked, since one that is cut off goes on saying what it last knew.
 */
final class ClusterWatch implements AutoCloseable {
    private static final int ANSWER_MS_MAX = 2_000;
    private static final Duration WHOLE_MAX = Duration.ofSeconds(60);
    private static final Duration SEEN_MAX = Duration.ofSeconds(60);

    private final LocalCluster cluster;
    private final List<String> topics;
    private final Network network;

    /** @param topics those that are watched */
    ClusterWatch(LocalCluster cluster, List<String> topics) {
        this.cluster = cluster;
        this.topics = topics;
        this.network = Network.open(ClientConfig.of(cluster.bootstrapServers()));
    }

    /** What one broker says. */
    MetadataResponse ask(LocalBroker broker) throws ExecutionException, InterruptedException {
        int colon = broker.address().lastIndexOf(':');
        InetSocketAddress address = new InetSocketAddress(
                broker.address().substring(0, colon),
                Integer.parseInt(broker.address().substring(colon + 1)));
        MetadataRequest request = new MetadataRequest(
                topics.stream().map(MetadataRequest.Topic::new).toList(), false, false, false);
        return network.send(address, request, ANSWER_MS_MAX).get();
    }

    /** What each broker that answers says. */
    private Map<LocalBroker, MetadataResponse> askAll() throws InterruptedException {
        Map<LocalBroker, MetadataResponse> answers = new LinkedHashMap<>();
        for (LocalBroker broker : cluster.brokers()) {
            try {
                answers.put(broker, ask(broker));
            } catch (ExecutionException e) {
                // It is down, paused or busy: what the others say counts.
            }
        }
        return answers;
    }

    /** The broker that is controller as another one sees it, or -1. */
    int controller() throws InterruptedException {
        return askAll().values().stream()
                .mapToInt(MetadataResponse::controllerId)
                .filter(id -> id >= 0)
                .findFirst()
                .orElse(-1);
    }

    /** The partition's leader as this broker sees it, or -1. */
    private int leader(LocalBroker seer, TopicPartition partition) throws InterruptedException {
        try {
            return partition(ask(seer), partition).leaderId();
        } catch (ExecutionException e) {
            return -1;
        }
    }

    /** The partition's leader as the first broker that answers sees it, or -1. */
    int leader(TopicPartition partition) throws InterruptedException {
        return askAll().values().stream()
                .mapToInt(answer -> partition(answer, partition).leaderId())
                .filter(id -> id >= 0)
                .findFirst()
                .orElse(-1);
    }

    private static MetadataResponse.Partition partition(MetadataResponse answer, TopicPartition wanted) {
        return answer.topics().stream()
                .filter(topic -> wanted.topic().equals(topic.name()))
                .flatMap(topic -> topic.partitions().stream())
                .filter(partition -> partition.partitionIndex() == wanted.partition())
                .findFirst()
                .orElseThrow(() -> new AssertionError(wanted + " is not in " + answer));
    }

    /** Waits until a broker sees another leader than this one. */
    int awaitLeaderOtherThan(int former, LocalBroker seer, TopicPartition partition) {
        return await("another leader of " + partition + " than broker " + former)
                .atMost(SEEN_MAX)
                .until(() -> leader(seer, partition), leader -> leader >= 0 && leader != former);
    }

    /** Waits until a broker sees that many replicas in sync. */
    void awaitInSync(int count, LocalBroker seer, TopicPartition partition) {
        await("%d replicas of %s in sync".formatted(count, partition))
                .atMost(SEEN_MAX)
                .ignoreExceptionsInstanceOf(ExecutionException.class)
                .until(() -> partition(ask(seer), partition).isrNodes().size(), size -> size == count);
    }

    /** Waits until every broker sees every broker, and every partition with a leader and all of its replicas in sync. */
    void awaitWhole() {
        await("every broker to see every partition with a leader and all replicas in sync")
                .atMost(WHOLE_MAX)
                .pollInterval(Duration.ofMillis(200))
                .until(this::wanting, List::isEmpty);
    }

    private List<String> wanting() throws InterruptedException {
        List<String> found = new ArrayList<>();
        for (LocalBroker broker : cluster.brokers()) {
            try {
                MetadataResponse answer = ask(broker);
                if (answer.brokers().size() < cluster.brokers().size()) {
                    found.add("broker %d sees %s".formatted(broker.id(), answer.brokers()));
                }
                answer.topics().forEach(topic -> topic.partitions().stream()
                        .filter(each -> each.leaderId() < 0
                                || each.isrNodes().size() < each.replicaNodes().size())
                        .forEach(each -> found.add("broker %d sees %s %s".formatted(broker.id(), topic.name(), each))));
                if (answer.topics().stream()
                        .anyMatch(topic -> topic.partitions().isEmpty())) {
                    found.add("broker %d sees %s".formatted(broker.id(), answer.topics()));
                }
            } catch (ExecutionException e) {
                found.add("broker %d: %s".formatted(broker.id(), e.getCause()));
            }
        }
        return found;
    }

    @Override
    public void close() {
        network.close();
    }
}
