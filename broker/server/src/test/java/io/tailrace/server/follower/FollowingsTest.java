package io.tailrace.server.follower;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.ReplicationThrottle;
import io.tailrace.replication.cluster.TopicImage;
import io.tailrace.server.partition.TwoReplicas;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose turn it is to be copied, by a clock of the test's. */
class FollowingsTest {
    private static final TopicPartition ID = new TopicPartition(TwoReplicas.TOPIC, 0);
    private static final TopicPartition OTHER = new TopicPartition("other", 0);
    private static final int EPOCH = 4;

    private TwoReplicas replicas;
    private CopyThrottle throttle;
    private Followings followings;

    @BeforeEach
    void follow(@TempDir Path directory) throws Exception {
        replicas = new TwoReplicas(directory);
        replicas.fallBehind(EPOCH);
        throttle = new CopyThrottle(bytesPerSecond("500"));
        followings = new Followings(throttle);
        followings.add(replicas.partition(), EPOCH);
    }

    @AfterEach
    void stop() throws Exception {
        replicas.close();
    }

    @Test
    void throttledReplicaPausesForWhatItCopied() {
        throttle.copied(ID, 1000, 10_000);

        assertThat(isAskedFor(11_999)).isFalse();
        assertThat(followings.msUntilNext(11_999)).isEqualTo(1);
        assertThat(isAskedFor(12_000)).isTrue();
    }

    @Test
    void pausesAddUp() {
        throttle.copied(ID, 1000, 10_000);
        throttle.copied(ID, 500, 11_000);

        assertThat(isAskedFor(12_999)).isFalse();
        assertThat(isAskedFor(13_000)).isTrue();
    }

    @Test
    void timeWithoutCopyingIsNotSavedUp() {
        throttle.copied(ID, 1000, 10_000);
        throttle.copied(ID, 1000, 60_000);

        assertThat(isAskedFor(61_999)).isFalse();
    }

    @Test
    void whatOthersCopyWithoutALimitDoesNotCount() {
        throttle.copied(OTHER, 1_000_000, 10_000);

        assertThat(isAskedFor(10_000)).isTrue();
    }

    @Test
    void replicaThatIsInSyncIsNotPaused() {
        throttle.copied(ID, 1000, 10_000);
        replicas.elect(2, EPOCH + 1);
        followings.add(replicas.partition(), EPOCH + 1);

        assertThat(isAskedFor(10_001)).isTrue();
    }

    @Test
    void anotherRateEndsThePauseOfTheOneBefore() {
        throttle.copied(ID, 1_000_000, 10_000);
        assertThat(throttle.limit(bytesPerSecond("500"))).isFalse();
        assertThat(isAskedFor(10_001)).isFalse();

        assertThat(throttle.limit(bytesPerSecond("5000"))).isTrue();
        assertThat(isAskedFor(10_001)).isTrue();
    }

    private boolean isAskedFor(long nowMs) {
        return !followings.round(nowMs, 1000).isEmpty();
    }

    private static ReplicationThrottle bytesPerSecond(String rate) {
        PartitionImage partition = new PartitionImage(PartitionAssignment.of(List.of(1, 2)), null);
        TopicImage topic = new TopicImage(
                TwoReplicas.TOPIC,
                new UUID(0, 1),
                List.of(partition),
                Map.of(ReplicationThrottle.FOLLOWER_REPLICAS, "0:1"));
        ClusterImage image = new ClusterImage(
                "c",
                new TreeMap<>(),
                new TreeMap<>(Map.of(topic.name(), topic)),
                Set.of(),
                ClusterImage.NO_CONTROLLER,
                Map.of("1", Map.of(ReplicationThrottle.FOLLOWER_RATE, rate)));
        return ReplicationThrottle.ofFollower(image, 1);
    }
}
