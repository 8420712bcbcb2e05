package io.tailrace.systemtests;

import static org.awaitility.Awaitility.await;

import io.tailrace.client.ClientConfig;
import io.tailrace.client.Network;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/**
 * The cluster as each broker sees it. Every broker is asked, since one that is cut off repeats what it last knew.
 */
final class ClusterWatch implements AutoCloseable {
    private static final int ANSWER_MS_MAX = 2_000;
    private static final Duration WHOLE_MAX = Duration.ofMinutes(3);

    private final LocalCluster cluster;
    private final List<String> topics;
    private final Network network;

    /** @param topics the topics to watch */
    ClusterWatch(LocalCluster cluster, List<String> topics) {
        this.cluster = cluster;
        this.topics = topics;
        this.network = Network.open(ClientConfig.of(cluster.bootstrapServers()));
    }

    /** One broker's metadata. */
    MetadataResponse ask(LocalBroker broker) throws ExecutionException, InterruptedException {
        MetadataRequest request = new MetadataRequest(
                topics.stream().map(MetadataRequest.Topic::new).toList(), false, false, false);
        return network.send(broker.socketAddress(), request, ANSWER_MS_MAX).get();
    }

    /** Metadata of every broker that answers. */
    private Map<LocalBroker, MetadataResponse> askAll() throws InterruptedException {
        Map<LocalBroker, MetadataResponse> answers = new LinkedHashMap<>();
        for (LocalBroker broker : cluster.brokers()) {
            try {
                answers.put(broker, ask(broker));
            } catch (ExecutionException e) {
                // It is down, paused or busy; the others' answers count.
            }
        }
        return answers;
    }

    /** The controller according to the first broker that knows one, or -1. */
    int controller() throws InterruptedException {
        return askAll().values().stream()
                .mapToInt(MetadataResponse::controllerId)
                .filter(id -> id >= 0)
                .findFirst()
                .orElse(-1);
    }

    /** The partition's leader according to {@code observer}, or -1. */
    private int leader(LocalBroker observer, TopicPartition partition) throws InterruptedException {
        try {
            return partition(ask(observer), partition).leaderId();
        } catch (ExecutionException e) {
            return -1;
        }
    }

    /** The partition's leader according to the first broker that knows one, or -1. */
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

    /** Waits until {@code observer} sees a leader other than {@code former}. */
    int awaitLeaderOtherThan(int former, LocalBroker observer, TopicPartition partition) {
        return await("a leader of " + partition + " other than broker " + former)
                .until(() -> leader(observer, partition), leader -> leader >= 0 && leader != former);
    }

    /** Waits until {@code observer} sees {@code count} replicas in sync. */
    void awaitInSync(int count, LocalBroker observer, TopicPartition partition) {
        await("%d replicas of %s in sync".formatted(count, partition))
                .ignoreExceptionsInstanceOf(ExecutionException.class)
                .until(() -> partition(ask(observer), partition).isrNodes().size(), size -> size == count);
    }

    /** Waits until every broker sees every broker, and every partition with a leader and all of its replicas in sync. */
    void awaitWhole() {
        await("every broker to see every partition with a leader and all replicas in sync")
                .atMost(WHOLE_MAX)
                .pollInterval(Duration.ofMillis(200))
                .until(this::problems, List::isEmpty);
    }

    private List<String> problems() throws InterruptedException {
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
