package io.tailrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.history.History;
import io.tailrace.replication.history.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Producers and consumers on replicated partitions, and the history of what they sent and read, which is judged at the end.
 */
final class Traffic {

    private final LocalCluster cluster;
    private final KafkaClients theirs;
    private final History<String> history = new History<>();
    private final List<Load> loads = new ArrayList<>();
    private final List<ContinuousReader> readers = new ArrayList<>();
    private final TreeSet<TopicPartition> partitions = new TreeSet<>();

    /** @param theirs reads the final contents of the partitions */
    Traffic(LocalCluster cluster, KafkaClients theirs) {
        this.cluster = cluster;
        this.theirs = theirs;
    }

    /** Starts a producer. */
    void send(String producer, Sender sender, List<TopicPartition> to, int perSecondMax) {
        partitions.addAll(to);
        loads.add(new Load(producer, sender, to, history, perSecondMax));
    }

    /** Starts a consumer at the beginning of the partitions. */
    void read(String reader, Receiver receiver, List<TopicPartition> from) {
        readers.add(new ContinuousReader(reader, receiver, from, history));
    }

    /** What was sent and read so far. Other consumers add what they read before {@link #judge}. */
    History<String> history() {
        return history;
    }

    /** The number of acknowledged sends. */
    int acknowledgedCount() {
        return history.acknowledgedCount();
    }

    /** Waits until records that each producer sends from now on are acknowledged. Fails if any client has failed. */
    void awaitProgress() {
        List<BooleanSupplier> progress = loads.stream().map(Load::progress).toList();
        await("every producer to make progress").until(() -> progress.stream().allMatch(BooleanSupplier::getAsBoolean));
        assertNoClientFailed();
    }

    private void assertNoClientFailed() {
        assertThat(loads).flatExtracting(Load::failures).as("failed sends").isEmpty();
        readers.forEach(ContinuousReader::assertNotFailed);
    }

    /** {@link #end}, then {@link #judge}. */
    Verdict endAndJudge() {
        end();
        return judge();
    }

    /** Stops all clients. */
    void end() {
        loads.forEach(Load::close);
        assertNoClientFailed();
        readers.forEach(ContinuousReader::close);
    }

    /**
     * Fails unless every record sent is on every replica, once and in order, and consumers read nothing else. All replicas must be
     * in sync.
     */
    Verdict judge() {
        ReplicaLogs.awaitSame(cluster.brokers(), partitions);
        Map<String, Integer> counts = partitions.stream()
                .map(TopicPartition::topic)
                .collect(Collectors.toMap(Function.identity(), topic -> 1, Integer::sum));
        counts.forEach((topic, count) -> theirs.recordEnd(history, topic, count));
        Verdict verdict = history.judge();
        assertThat(verdict.isClean()).as(verdict.toString()).isTrue();
        assertThat(verdict.kept()).as("every send was acknowledged").isEqualTo(verdict.sent());
        return verdict;
    }
}
