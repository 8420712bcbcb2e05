package io.tailrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tailrace.client.ClientConfig;
import io.tailrace.client.Network;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.systemtests.conformance.driver.EveryBroker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Three brokers under load, damaged by hand: hostile connections, broken segment files, topic names at the limit, a full
 * disk. The load is on other partitions and never fails, nothing that was acknowledged is lost, every broker is up at the
 * end, and the log of the broker concerned names the file or the peer.
 */
class DamageIT {
    private static final int REPLICAS = 3;
    private static final int PER_SECOND_MAX = 300;
    private static final int HALF_FRAMES = 600;
    private static final int FETCH_MS_MAX = 60_000;
    private static final int SMALL_DISK_MEGABYTES = 256;
    private static final int TOPIC_NAME_LETTERS_MAX = 249;
    private static final String VALUE = "v".repeat(4_000);

    @RegisterExtension
    static final LocalCluster CLUSTER = LocalCluster.ofBrokers(
            REPLICAS,
            Map.of(
                    "min.insync.replicas", "2",
                    "replica.lag.time.max.ms", "4000",
                    "log.segment.bytes", "1048576",
                    "log.dir.free.bytes.min", "1048576",
                    "socket.request.timeout.ms", "10000"));

    private final KafkaClients theirs = new KafkaClients(CLUSTER::bootstrapServers);
    private final Traffic traffic = new Traffic(CLUSTER, theirs);
    private List<TopicPartition> loaded;
    private TopicPartition damaged;
    private ClusterWatch watch;

    @BeforeEach
    void loadOtherPartitions(TestInfo test) throws Exception {
        String name = test.getTestMethod().orElseThrow().getName();
        String topic = "load-" + name;
        damaged = new TopicPartition("damaged-" + name, 0);
        theirs.createTopic(topic, REPLICAS, REPLICAS);
        theirs.createTopic(damaged.topic(), 1, REPLICAS);
        loaded = IntStream.range(0, REPLICAS)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        watch = new ClusterWatch(CLUSTER, List.of(topic, damaged.topic()));
        watch.awaitWhole();
        traffic.send(
                "kafka-clients",
                Sender.of(theirs.producer(Map.of("request.timeout.ms", 5_000))),
                loaded,
                PER_SECOND_MAX);
        traffic.read("their consumer", Receiver.of(theirs.consumer(Map.of("auto.offset.reset", "none"))), loaded);
        traffic.awaitProgress();
    }

    @AfterEach
    void everyBrokerIsUpAndNothingIsLost() {
        try {
            assertThat(CLUSTER.brokers()).noneMatch(broker -> broker.process().hasEnded());
            watch.awaitWhole();
            traffic.awaitProgress();
            System.out.println(damaged.topic() + ": " + traffic.endAndJudge());
        } finally {
            watch.close();
        }
    }

    @Test
    void halfFramesAndDripsStopNobodyElse() throws Exception {
        LocalBroker broker = CLUSTER.broker(watch.leader(loaded.get(0)));
        try (HalfFrames halfFrames = HalfFrames.send(broker, HALF_FRAMES);
                RawConnection inTwoPieces = RawConnection.to(broker)) {
            byte[] request = RawConnection.apiVersionsRequest();
            inTwoPieces.send(request, 0, 10);
            halfFrames.drip();
            inTwoPieces.send(request, 10, request.length - 10);
            assertThat(inTwoPieces.awaitAnswer()).isPositive();
            traffic.awaitProgress();
            watch.awaitWhole();
            await("the broker to report a healthy cluster")
                    .until(() -> Command.tailrace("cluster", "--bootstrap-server", broker.address())
                                    .exitCode()
                            == 0);
            await("the broker to close every connection whose frame does not end")
                    .until(() -> {
                        halfFrames.drip();
                        return halfFrames.closedByPeer() == HALF_FRAMES;
                    });
        }
        awaitLogged(broker, "WARN.*127\\.0\\.0\\.1");
    }

    @Test
    void closedSegmentCutShortAtTheLeaderConcernsItsPartitionAlone() throws Exception {
        fillDamagedPartition();
        LocalBroker leader = CLUSTER.broker(watch.leader(damaged));
        Path segment = SegmentFiles.awaitClosed(leader, damaged, 3);
        SegmentFiles.shorten(segment);

        assertCorruptForThatPartitionAlone(leader, SegmentFiles.baseOffset(segment));
        awaitLogged(leader, Pattern.quote(segment.getFileName().toString()));
        traffic.awaitProgress();

        copiesAnewAfterRestart(leader, segment);
    }

    @Test
    void headerFlippedAtTheLeaderConcernsItsPartitionAlone() throws Exception {
        fillDamagedPartition();
        LocalBroker leader = CLUSTER.broker(watch.leader(damaged));
        Path segment = SegmentFiles.awaitClosed(leader, damaged, 3);
        SegmentFiles.flipHeader(segment);

        // The second record is looked up by the headers from the segment's beginning on.
        assertCorruptForThatPartitionAlone(leader, SegmentFiles.baseOffset(segment) + 1);
        awaitLogged(leader, Pattern.quote(segment.getFileName().toString()));
        traffic.awaitProgress();
    }

    @Test
    void closedSegmentCutShortAtAFollowerIsCopiedAnewAtTheNextStart() throws Exception {
        fillDamagedPartition();
        LocalBroker follower = anyFollower();
        Path segment = SegmentFiles.awaitClosed(follower, damaged, 3);
        SegmentFiles.shorten(segment);
        traffic.awaitProgress();

        copiesAnewAfterRestart(follower, segment);
    }

    @Test
    void headerFlippedAtAStoppedFollowerDoesNotKeepItsBrokerFromStarting() throws Exception {
        fillDamagedPartition();
        LocalBroker follower = anyFollower();
        Path closed = SegmentFiles.awaitClosed(follower, damaged, 3);
        follower.kill9();
        List<Path> segments = SegmentFiles.of(follower, damaged);
        SegmentFiles.flipHeader(segments.get(segments.size() - 1));
        SegmentFiles.shorten(closed);
        follower.restart();

        awaitLogged(follower, Pattern.quote(closed.getFileName().toString()));
        awaitDamagedPartitionCopied();
    }

    @Test
    void topicNamesOfTheGreatestLengthAreMadeUsedDeletedAndMadeAgain() throws Exception {
        String topic = "n".repeat(TOPIC_NAME_LETTERS_MAX);
        for (int round = 0; round < 2; round++) {
            theirs.createTopic(topic, 2, REPLICAS);
            theirs.send(topic, List.of("round " + round), Map.of());
            assertThat(theirs.values(topic)).containsExactly("round " + round);
            LocalBroker broker = CLUSTER.broker(1 + round);
            broker.kill9();
            broker.restart();
            assertThat(theirs.values(topic)).containsExactly("round " + round);
            try (Admin admin = theirs.admin()) {
                admin.deleteTopics(List.of(topic)).all().get();
            }
            EveryBroker.awaitNoTopic(CLUSTER.bootstrapServers(), topic);
        }
        theirs.send(damaged.topic(), List.of("afterwards"), Map.of());
        assertThat(theirs.values(damaged.topic())).containsExactly("afterwards");
    }

    @Test
    void diskFilledBySomebodyElseStopsItsBrokersAppendsOnly() throws Exception {
        assumeTrue(SmallDisk.isPermitted(), "no disk can be mounted here: that needs root");
        LocalBroker broker = CLUSTER.broker(REPLICAS);
        assertThat(broker.terminate()).isZero();
        try (SmallDisk disk = SmallDisk.over(broker.logDirectory(), SMALL_DISK_MEGABYTES)) {
            broker.restart();
            watch.awaitWhole();

            disk.fill();
            awaitLogged(broker, "appends are refused");
            traffic.awaitProgress();
            assertThat(broker.process().hasEnded()).isFalse();

            disk.free();
            watch.awaitWhole();
            traffic.awaitProgress();
            assertThat(broker.terminate()).isZero();
        }
        // What the mount hid is older than what this broker acknowledged since.
        LocalCluster.emptyFolder(broker.logDirectory());
        broker.restart();
    }

    private void fillDamagedPartition() throws Exception {
        theirs.send(
                damaged.topic(),
                IntStream.range(0, 1_500).mapToObj(i -> i + VALUE).toList(),
                Map.of("acks", "all"));
    }

    private LocalBroker anyFollower() throws InterruptedException {
        int leader = watch.leader(damaged);
        return CLUSTER.brokers().stream()
                .filter(broker -> broker.id() != leader)
                .findFirst()
                .orElseThrow();
    }

    /** Asks in one request for the damaged partition, from an offset on, and for all that the broker leads. */
    private void assertCorruptForThatPartitionAlone(LocalBroker leader, long offset) throws Exception {
        TopicPartition healthy = loaded.get(0);
        for (TopicPartition each : loaded) {
            healthy = watch.leader(each) == leader.id() ? each : healthy;
        }
        assertThat(watch.leader(healthy)).isEqualTo(leader.id());
        FetchRequest request = new FetchRequest(
                FetchRequest.CONSUMER, 1_000, 1, 8 << 20, List.of(topic(damaged, offset), topic(healthy, 0)));
        try (Network network = Network.open(ClientConfig.of(leader.address()))) {
            // Twice, on one connection: the first answer must not cost the connection.
            for (int i = 0; i < 2; i++) {
                FetchResponse answer = network.send(leader.socketAddress(), request, FETCH_MS_MAX)
                        .get();
                List<FetchResponse.Partition> parts = new ArrayList<>();
                answer.topics().forEach(each -> parts.addAll(each.partitions()));
                assertThat(parts)
                        .extracting(FetchResponse.Partition::errorCode)
                        .containsExactly(ErrorCode.CORRUPT_MESSAGE, ErrorCode.NONE);
                assertThat(parts.get(1).records()).isNotNull();
            }
        }
    }

    private static FetchRequest.Topic topic(TopicPartition partition, long offset) {
        return new FetchRequest.Topic(
                partition.topic(),
                List.of(new FetchRequest.Partition(partition.partition(), -1, offset, -1, -1, 2 << 20)));
    }

    private void copiesAnewAfterRestart(LocalBroker broker, Path segment) throws Exception {
        assertThat(broker.terminate()).isZero();
        broker.restart();
        awaitLogged(broker, Pattern.quote(segment.getFileName().toString()));
        awaitDamagedPartitionCopied();
    }

    private void awaitDamagedPartitionCopied() throws Exception {
        watch.awaitWhole();
        ReplicaLogs.awaitSame(CLUSTER.brokers(), List.of(damaged));
        assertThat(theirs.values(damaged.topic())).hasSize(1_500);
    }

    private static void awaitLogged(LocalBroker broker, String pattern) {
        broker.process().awaitOutput(Pattern.compile(pattern));
    }
}
