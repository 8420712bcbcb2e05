package io.tailrace.systemtests;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.CompressionType;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Three brokers under load while one or two of them at a time are killed, paused, stopped or cut off. Afterwards every
 * acknowledged record is there, once and in order, no consumer read a record that is not there, and all replicas are equal.
 *
 * <p>{@code -Dchaos.minutes=} sets the duration, {@code -Dchaos.seed=} the faults. Processes die, the machine does not, so no
 * flush is needed.
 */
class ChaosIT {
    private static final int WEB_PARTITIONS = 4;
    private static final int APP_PARTITIONS = 2;
    private static final List<TopicPartition> WEB = partitions("web", WEB_PARTITIONS);
    private static final List<TopicPartition> ALL = Stream.concat(
                    WEB.stream(), partitions("app", APP_PARTITIONS).stream())
            .toList();
    private static final int PER_SECOND_MAX = 200;

    /** A send that times out proves nothing, so sends outlast every fault. */
    private static final Map<String, Object> PATIENT =
            Map.of("request.timeout.ms", 5_000, "delivery.timeout.ms", 300_000, "max.block.ms", 300_000);

    @RegisterExtension
    static final LocalCluster CLUSTER = LocalCluster.ofBrokersOnOwnHosts(
            3,
            Map.of(
                    "min.insync.replicas", "2",
                    "replica.lag.time.max.ms", "4000",
                    "replica.socket.timeout.ms", "3000",
                    "log.segment.bytes", "1048576"));

    private final long seed = Long.getLong("chaos.seed", new Random().nextLong());
    private final Duration duration = Duration.ofMinutes(Integer.getInteger("chaos.minutes", 5));
    private final KafkaClients theirs = new KafkaClients(CLUSTER::bootstrapServers);
    private final OurClients ours = new OurClients(CLUSTER::bootstrapServers);
    private final Traffic traffic = new Traffic(CLUSTER, theirs);

    @Test
    void acknowledgedRecordsSurviveAllFaultsOnceAndInOrder() throws Exception {
        System.out.println("ChaosIT: -Dchaos.seed=" + seed + " -Dchaos.minutes=" + duration.toMinutes());
        theirs.createTopic("web", WEB_PARTITIONS, 3);
        theirs.createTopic("app", APP_PARTITIONS, 3);
        try (ClusterWatch watch = new ClusterWatch(CLUSTER, List.of("web", "app"));
                Chaos chaos = new Chaos(CLUSTER, watch, ALL)) {
            watch.awaitWhole();
            try {
                run(watch, chaos);
            } catch (Throwable e) {
                throw new AssertionError(
                        "seed %d, logs and data in %s\n%s"
                                .formatted(seed, CLUSTER.folder(), String.join("\n", chaos.record())),
                        e);
            }
        }
    }

    private void run(ClusterWatch watch, Chaos chaos) throws Exception {
        send("placed", Sender.of(theirs.producer(PATIENT)), ALL);
        send("keyed", Sender.keyed(theirs.producer(with("compression.type", "lz4")), WEB_PARTITIONS), WEB);
        send("tailrace", Sender.of(ours.producer(CompressionType.NONE)), ALL);
        traffic.read("their consumer", Receiver.of(theirs.consumer(Map.of("auto.offset.reset", "none"))), ALL);
        traffic.read("our consumer", Receiver.of(ours.consumer()), ALL);
        traffic.awaitProgress();

        List<FaultKind> kinds = FaultKind.all();
        if (CLUSTER.network().isEmpty()) {
            System.out.println("ChaosIT: skipping network faults, which need root, ip and network namespaces");
            kinds = FaultKind.ofProcesses();
        }
        Random random = new Random(seed);
        long endNs = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() < endNs) {
            FaultRound round = FaultRound.draw(random, kinds);
            chaos.run(round);
            if (round.heals()) {
                awaitRecovery(watch, chaos);
            }
        }
        awaitRecovery(watch, chaos);
        chaos.note(traffic.endAndJudge().toString());
    }

    private void send(String producer, Sender sender, List<TopicPartition> partitions) {
        traffic.send(producer, sender, partitions, PER_SECOND_MAX);
    }

    private void awaitRecovery(ClusterWatch watch, Chaos chaos) {
        watch.awaitWhole();
        traffic.awaitProgress();
        chaos.note("whole, %d acknowledged".formatted(traffic.acknowledgedCount()));
    }

    private static Map<String, Object> with(String key, Object value) {
        Map<String, Object> settings = new HashMap<>(PATIENT);
        settings.put(key, value);
        return settings;
    }

    private static List<TopicPartition> partitions(String topic, int count) {
        return IntStream.range(0, count)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }
}
