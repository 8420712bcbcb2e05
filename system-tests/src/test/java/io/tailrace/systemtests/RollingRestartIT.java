package io.tailrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.CompressionType;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Three brokers are restarted one after another, each once {@code tailrace cluster} reports a healthy cluster. No send and no
 * consumer fails.
 */
class RollingRestartIT {
    private static final String TOPIC = "rolling";
    private static final int PER_SECOND_MAX = 1_000;
    private static final List<TopicPartition> PARTITIONS = IntStream.range(0, 6)
            .mapToObj(partition -> new TopicPartition(TOPIC, partition))
            .toList();

    @RegisterExtension
    static final LocalCluster CLUSTER = LocalCluster.ofBrokers(3, Map.of("min.insync.replicas", "2"));

    private final KafkaClients theirs = new KafkaClients(CLUSTER::bootstrapServers);
    private final OurClients ours = new OurClients(CLUSTER::bootstrapServers);

    @Test
    void noClientFailsWhileEachBrokerIsRestarted() throws Exception {
        theirs.createTopic(TOPIC, PARTITIONS.size(), 3);
        Traffic traffic = new Traffic(CLUSTER, theirs);
        traffic.send("kafka-clients", Sender.of(theirs.producer(Map.of())), PARTITIONS, PER_SECOND_MAX);
        traffic.send("tailrace", Sender.of(ours.producer(CompressionType.NONE)), PARTITIONS, PER_SECOND_MAX);
        traffic.read("their consumer", Receiver.of(theirs.consumer(Map.of("auto.offset.reset", "none"))), PARTITIONS);
        traffic.read("our consumer", Receiver.of(ours.consumer()), PARTITIONS);

        for (LocalBroker broker : CLUSTER.brokers()) {
            traffic.awaitProgress();
            assertThat(broker.terminate()).as("exit code").isZero();
            traffic.awaitProgress();
            broker.restart();
            awaitHealth();
        }
        traffic.awaitProgress();
        System.out.println("RollingRestartIT: " + traffic.endAndJudge());
    }

    /** What an operator's script waits for before the next broker. */
    private static void awaitHealth() {
        await("tailrace cluster to exit with 0")
                .until(() -> Command.tailrace("cluster", "--bootstrap-server", CLUSTER.bootstrapServers())
                                .exitCode()
                        == 0);
    }
}
