package io.tailrace.replication.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.TopicPartition;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReplicationThrottleTest {
    private static final TopicPartition FIRST = new TopicPartition("web", 0);
    private static final TopicPartition SECOND = new TopicPartition("web", 1);

    private static ClusterImage image(
            Map<String, Map<String, String>> brokerConfigs, Map<String, String> topicConfigs) {
        PartitionImage partition = new PartitionImage(PartitionAssignment.of(List.of(1, 2)), null);
        TopicImage topic = new TopicImage("web", new UUID(0, 1), List.of(partition, partition), topicConfigs);
        return new ClusterImage(
                "c", new TreeMap<>(), new TreeMap<>(Map.of("web", topic)), Set.of(), 1, brokerConfigs, Map.of());
    }

    @Test
    void rateOfTheBrokerHoldsForTheReplicasThatTheTopicNames() {
        ClusterImage image = image(
                Map.of("2", Map.of(ReplicationThrottle.FOLLOWER_RATE, "1000")),
                Map.of(ReplicationThrottle.FOLLOWER_REPLICAS, "0:1,1:2"));

        ReplicationThrottle throttle = ReplicationThrottle.ofFollower(image, 2);
        assertThat(throttle.bytesPerSecond()).isEqualTo(1000);
        assertThat(throttle.covers(FIRST)).isFalse();
        assertThat(throttle.covers(SECOND)).isTrue();
        assertThat(ReplicationThrottle.ofFollower(image, 1).bytesPerSecond()).isEqualTo(ReplicationThrottle.UNLIMITED);
    }

    @Test
    void rateForAllBrokersHoldsWhereABrokerHasNone() {
        ClusterImage image = image(
                Map.of(
                        ClusterImage.ALL_BROKERS,
                        Map.of(ReplicationThrottle.FOLLOWER_RATE, "1000"),
                        "2",
                        Map.of(ReplicationThrottle.FOLLOWER_RATE, "2000")),
                Map.of(ReplicationThrottle.FOLLOWER_REPLICAS, "*"));

        assertThat(ReplicationThrottle.ofFollower(image, 1).bytesPerSecond()).isEqualTo(1000);
        assertThat(ReplicationThrottle.ofFollower(image, 2).bytesPerSecond()).isEqualTo(2000);
        assertThat(ReplicationThrottle.ofFollower(image, 1).covers(SECOND)).isTrue();
    }

    @Test
    void whatCannotBeReadCountsAsAbsent() {
        ClusterImage image = image(
                Map.of(
                        "1",
                        Map.of(ReplicationThrottle.FOLLOWER_RATE, "10"),
                        "2",
                        Map.of(ReplicationThrottle.FOLLOWER_RATE, "-5")),
                Map.of(ReplicationThrottle.FOLLOWER_REPLICAS, "0:1,x"));

        assertThat(ReplicationThrottle.ofFollower(image, 2).bytesPerSecond()).isEqualTo(ReplicationThrottle.UNLIMITED);
        assertThat(ReplicationThrottle.ofFollower(image, 1).covers(FIRST)).isFalse();
    }

    @Test
    void aTopicOfThousandsOfReplicasCanBeThrottled() {
        String replicas =
                IntStream.range(0, 30_000).mapToObj(i -> i / 3 + ":" + i % 3).collect(Collectors.joining(","));
        assertThat(ReplicationThrottle.isReplicas(replicas)).isTrue();
        assertThat(ReplicationThrottle.isReplicas(replicas + ",x")).isFalse();
    }

    @Test
    void aRateHoldsHoweverItsNumberIsWritten() {
        ClusterImage image = image(Map.of("1", Map.of(ReplicationThrottle.FOLLOWER_RATE, "+0500")), Map.of());
        assertThat(ReplicationThrottle.ofFollower(image, 1).bytesPerSecond()).isEqualTo(500);
    }
}
