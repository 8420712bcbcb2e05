package io.tailrace.systemtests;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A leader under load loses its followers or ZooKeeper, in one direction or both, but never its clients. Afterwards every
 * acknowledged record is on every replica, once and in order.
 */
class NetworkPartitionIT {
    @RegisterExtension
    static final LocalCluster CLUSTER = LocalCluster.ofBrokersOnOwnHosts(
            3,
            Map.of(
                    "zookeeper.session.timeout.ms", "15000",
                    "min.insync.replicas", "2",
                    "replica.lag.time.max.ms", "3000",
                    "replica.socket.timeout.ms", "3000"));

    private static final Duration STILL = Duration.ofSeconds(2);
    private static final int PER_SECOND_MAX = 2_000;

    private final KafkaClients theirs = new KafkaClients(CLUSTER::bootstrapServers);
    private PrivateNetwork network;
    private TopicPartition partition;
    private ClusterWatch watch;
    private Traffic traffic;
    private LocalBroker leader;
    private List<LocalBroker> others;

    @BeforeAll
    static void requireNetwork() {
        assumeTrue(CLUSTER.network().isPresent(), "cutting links needs root, ip and network namespaces");
    }

    @BeforeEach
    void loadALeader(TestInfo test) throws Exception {
        network = CLUSTER.network().orElseThrow();
        partition = new TopicPartition(test.getTestMethod().orElseThrow().getName(), 0);
        theirs.createTopic(partition.topic(), 1, 3);
        watch = new ClusterWatch(CLUSTER, List.of(partition.topic()));
        watch.awaitWhole();
        traffic = new Traffic(CLUSTER, theirs);
        traffic.send(
                "kafka-clients",
                Sender.of(theirs.producer(Map.of("request.timeout.ms", 5_000))),
                List.of(partition),
                PER_SECOND_MAX);
        traffic.read(
                "their consumer",
                Receiver.of(theirs.consumer(Map.of("auto.offset.reset", "none"))),
                List.of(partition));
        traffic.awaitProgress();
        leader = CLUSTER.broker(watch.leader(partition));
        others = new ArrayList<>(CLUSTER.brokers());
        others.remove(leader);
    }

    @AfterEach
    void stop() throws IOException {
        mend();
        watch.close();
    }

    @Test
    void leaderCutOffFromItsFollowersAcknowledgesNothingUntilTheyReturn() throws Exception {
        for (LocalBroker other : others) {
            cut(leader, other);
            cut(other, leader);
        }
        watch.awaitInSync(1, leader, partition);
        awaitStandstill();
        mend();
        traffic.awaitProgress();
        judge();
    }

    @Test
    void leaderCutOffFromOneFollowerContinuesWithTheOther() throws Exception {
        cut(leader, others.get(0));
        cut(others.get(0), leader);
        watch.awaitInSync(2, leader, partition);
        traffic.awaitProgress();
        mend();
        judge();
    }

    @Test
    void leaderThatCannotHearOneFollowerContinuesWithTheOther() throws Exception {
        cut(others.get(0), leader);
        watch.awaitInSync(2, leader, partition);
        traffic.awaitProgress();
        mend();
        judge();
    }

    @Test
    void leaderThatOneFollowerCannotHearContinuesWithTheOther() throws Exception {
        cut(leader, others.get(0));
        watch.awaitInSync(2, leader, partition);
        traffic.awaitProgress();
        mend();
        judge();
    }

    @Test
    void leaderCutOffFromZooKeeperIsReplaced() throws Exception {
        network.cut(leader.host(), CLUSTER.zooKeeperHost());
        network.cut(CLUSTER.zooKeeperHost(), leader.host());
        assertReplaced();
    }

    @Test
    void leaderThatZooKeeperCannotHearIsReplaced() throws Exception {
        network.cut(leader.host(), CLUSTER.zooKeeperHost());
        assertReplaced();
    }

    @Test
    void leaderThatCannotHearZooKeeperIsReplaced() throws Exception {
        network.cut(CLUSTER.zooKeeperHost(), leader.host());
        assertReplaced();
    }

    @Test
    void leaderThatOnlyClientsReachIsReplaced() throws Exception {
        network.cut(leader.host(), CLUSTER.zooKeeperHost());
        network.cut(CLUSTER.zooKeeperHost(), leader.host());
        for (LocalBroker other : others) {
            cut(leader, other);
            cut(other, leader);
        }
        assertReplaced();
    }

    private void assertReplaced() throws Exception {
        watch.awaitLeaderOtherThan(leader.id(), others.get(0), partition);
        traffic.awaitProgress();
        mend();
        traffic.awaitProgress();
        judge();
    }

    private void cut(LocalBroker from, LocalBroker to) throws IOException {
        network.cut(from.host(), to.host());
    }

    private void mend() throws IOException {
        network.mendAll();
    }

    /** Waits until acknowledgements in flight have arrived and no more follow. */
    private void awaitStandstill() {
        int[] last = {-1};
        await("acknowledgements to stop").during(STILL).until(() -> {
            int now = traffic.acknowledgedCount();
            boolean same = now == last[0];
            last[0] = now;
            return same;
        });
    }

    private void judge() {
        watch.awaitWhole();
        System.out.println(partition.topic() + ": " + traffic.endAndJudge());
    }
}
