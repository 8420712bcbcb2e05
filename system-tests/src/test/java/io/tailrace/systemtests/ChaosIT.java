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
 * Three brokers under load, one or two of which are being killed, paused, stopped or cut off at any time: what was
 * acknowledged is there afterwards, once and in order, nobody read what is not there, and all replicas are the same.
 *
 * <p>{@code -Dchaos.minutes=} says for how long, {@code -Dchaos.seed=} what is done. Brokers' processes are never lost with
 * their machine, so nothing is flushed.
 */
class ChaosIT {
    private static final int WEB_PARTITIONS = 4;
    private static final int APP_PARTITIONS = 2;
    private static final List<TopicPartition> WEB = partitions("web", WEB_PARTITIONS);
    private static final List<TopicPartition> ALL = Stream.concat(
                    WEB.stream(), partitions("app", APP_PARTITIONS).stream())
            .toList();
    private static final int PER_SECOND_MAX = 200;

    /** A send that is given up tells nothing, so none is while faults last. */
    private static final Map<String, Object> PATIENT =
            Map.of("request.timeout.ms", 5_000, "delivery.timeout.ms", 300_000, "max.block.ms", 300_000);

    @RegisterExtension
    static final LocalCluster CLUSTER = LocalCluster.ofBrokersApart(
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
    void whatWasAcknowledgedIsThereOnceAndInOrderWhateverIsDoneToTheBrokers() throws Exception {
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
            System.out.println("ChaosIT: no network faults, which need root, ip and network namespaces");
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
