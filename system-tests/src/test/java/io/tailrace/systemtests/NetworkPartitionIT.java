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
 * A leader under load that is cut off, from its followers or from ZooKeeper, in both directions or in one, but never from
 * its clients: what was acknowledged is there afterwards, once and in order, and on every replica.
 */
class NetworkPartitionIT {
    @RegisterExtension
    static final LocalCluster CLUSTER = LocalCluster.ofBrokersApart(
            3,
            Map.of(
                    "min.insync.replicas", "2",
                    "replica.lag.time.max.ms", "3000",
                    "replica.socket.timeout.ms", "3000"));

    private static final Duration STANDSTILL_MAX = Duration.ofSeconds(60);
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
    static void needsANetwork() {
        assumeTrue(
                CLUSTER.network().isPresent(),
                "no network can be cut here: that needs root, ip and network namespaces");
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
    void leaderCutOffFromItsFollowersAcknowledgesNothingUntilTheyAreBack() throws Exception {
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
    void leaderCutOffFromOneFollowerGoesOnWithTheOther() throws Exception {
        cut(leader, others.get(0));
        cut(others.get(0), leader);
        watch.awaitInSync(2, leader, partition);
        traffic.awaitProgress();
        mend();
        judge();
    }

    @Test
    void leaderThatIsHeardButDoesNotHearGoesOnWithWhomItHears() throws Exception {
        cut(others.get(0), leader);
        watch.awaitInSync(2, leader, partition);
        traffic.awaitProgress();
        mend();
        judge();
    }

    @Test
    void leaderThatHearsButIsNotHeardGoesOnWithWhoHearsIt() throws Exception {
        cut(leader, others.get(0));
        watch.awaitInSync(2, leader, partition);
        traffic.awaitProgress();
        mend();
        judge();
    }

    @Test
    void leaderCutOffFromZooKeeperIsSucceeded() throws Exception {
        network.cut(leader.host(), CLUSTER.zooKeeperHost());
        network.cut(CLUSTER.zooKeeperHost(), leader.host());
        isSucceeded();
    }

    @Test
    void leaderThatZooKeeperDoesNotHearIsSucceeded() throws Exception {
        network.cut(leader.host(), CLUSTER.zooKeeperHost());
        isSucceeded();
    }

    @Test
    void leaderThatDoesNotHearZooKeeperIsSucceeded() throws Exception {
        network.cut(CLUSTER.zooKeeperHost(), leader.host());
        isSucceeded();
    }

    @Test
    void leaderCutOffFromAllButItsClientsIsSucceeded() throws Exception {
        network.cut(leader.host(), CLUSTER.zooKeeperHost());
        network.cut(CLUSTER.zooKeeperHost(), leader.host());
        for (LocalBroker other : others) {
            cut(leader, other);
            cut(other, leader);
        }
        isSucceeded();
    }

    private void isSucceeded() throws Exception {
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

    /** What was on its way has arrived, and no more comes. */
    private void awaitStandstill() {
        int[] last = {-1};
        await("nothing to be acknowledged any more")
                .atMost(STANDSTILL_MAX)
                .during(STILL)
                .until(() -> {
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
