package io.tailrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.history.History;
import io.tailrace.replication.history.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What clients send to the replicated partitions of a cluster and read from them, from the first on until it is judged.
 */
final class Traffic {
    private static final Duration PROGRESS_MAX = Duration.ofSeconds(60);

    private final LocalCluster cluster;
    private final KafkaClients theirs;
    private final History<String> history = new History<>();
    private final List<Load> loads = new ArrayList<>();
    private final List<Follower> followers = new ArrayList<>();
    private final TreeSet<TopicPartition> partitions = new TreeSet<>();

    /** @param theirs who reads in the end what is there */
    Traffic(LocalCluster cluster, KafkaClients theirs) {
        this.cluster = cluster;
        this.theirs = theirs;
    }

    /** Begins to send. */
    void send(String producer, Sender sender, List<TopicPartition> to, int perSecondMax) {
        partitions.addAll(to);
        loads.add(new Load(producer, sender, to, history, perSecondMax));
    }

    /** Begins to read, from the beginning and on. */
    void read(String reader, Receiver receiver, List<TopicPartition> from) {
        followers.add(new Follower(reader, receiver, from, history));
    }

    /** How many sends have been acknowledged. */
    int acknowledgedCount() {
        return history.acknowledgedCount();
    }

    /** Waits until every partition has taken records of every producer that are sent from now on. Nobody may have failed. */
    void awaitProgress() {
        List<BooleanSupplier> progress = loads.stream().map(Load::progress).toList();
        await("every producer to go on").atMost(PROGRESS_MAX).until(() -> progress.stream()
                .allMatch(BooleanSupplier::getAsBoolean));
        assertNobodyFailed();
    }

    private void assertNobodyFailed() {
        assertThat(loads).flatExtracting(Load::failures).as("sends given up").isEmpty();
        followers.forEach(Follower::assertReads);
    }

    /**
     * Stops sending, and fails unless everything that was sent is there, once and in order, on all replicas, and nobody
     * read anything else. The cluster must be whole.
     */
    Verdict endAndJudge() {
        loads.forEach(Load::close);
        assertNobodyFailed();
        followers.forEach(Follower::close);
        ReplicaLogs.awaitSame(cluster.brokers(), partitions);
        Map<String, Integer> counts = partitions.stream()
                .map(TopicPartition::topic)
                .collect(Collectors.toMap(Function.identity(), topic -> 1, Integer::sum));
        counts.forEach((topic, count) -> theirs.tellEnd(history, topic, count));
        Verdict verdict = history.judge();
        assertThat(verdict.isClean()).as(verdict.toString()).isTrue();
        assertThat(verdict.kept()).as("every send was answered").isEqualTo(verdict.sent());
        return verdict;
    }
}
