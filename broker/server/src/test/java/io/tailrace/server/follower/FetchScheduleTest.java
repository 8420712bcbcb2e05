package io.tailrace.server.follower;

import static org.assertj.core.api.Assertions.assertThat;

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

/** Which partitions are due, by the test's own clock. */
class FetchScheduleTest {
    private static final int EPOCH = 4;

    private TwoReplicas replicas;
    private CopyThrottle throttle;
    private FetchSchedule schedule;

    @BeforeEach
    void follow(@TempDir Path directory) throws Exception {
        replicas = new TwoReplicas(directory);
        replicas.fallBehind(EPOCH);
        throttle = new CopyThrottle(limits("500", "0:1"));
        schedule = new FetchSchedule(throttle);
        schedule.add(replicas.partition(), EPOCH);
    }

    @AfterEach
    void stop() throws Exception {
        replicas.close();
    }

    @Test
    void throttledReplicaPausesForWhatItCopied() {
        throttle.copied(replicas.partition(), 1000, 10_000);

        assertThat(isDue(11_999)).isFalse();
        assertThat(schedule.msUntilNext(11_999)).isEqualTo(1);
        assertThat(isDue(12_000)).isTrue();
    }

    @Test
    void pausesAddUp() {
        throttle.copied(replicas.partition(), 1000, 10_000);
        throttle.copied(replicas.partition(), 500, 11_000);

        assertThat(isDue(12_999)).isFalse();
        assertThat(isDue(13_000)).isTrue();
    }

    @Test
    void idleTimeIsNotSavedUp() {
        throttle.copied(replicas.partition(), 1000, 10_000);
        throttle.copied(replicas.partition(), 1000, 60_000);

        assertThat(isDue(61_999)).isFalse();
    }

    @Test
    void unthrottledCopiesDoNotCount() {
        throttle.limit(limits("500", "0:2"));
        throttle.copied(replicas.partition(), 1_000_000, 10_000);
        throttle.limit(limits("500", "0:1"));

        assertThat(isDue(10_000)).isTrue();
    }

    @Test
    void replicaThatIsInSyncIsNotPaused() {
        throttle.copied(replicas.partition(), 1000, 10_000);
        replicas.elect(2, EPOCH + 1);
        schedule.add(replicas.partition(), EPOCH + 1);

        assertThat(isDue(10_001)).isTrue();
    }

    @Test
    void replicasInSyncLeaveHalfOfTheRateToTheOthers() {
        replicas.elect(2, EPOCH + 1);
        throttle.copied(replicas.partition(), 1_000_000, 10_000);
        replicas.fallBehind(EPOCH + 2);
        schedule.add(replicas.partition(), EPOCH + 2);
        assertThat(isDue(10_001)).isTrue();

        throttle.copied(replicas.partition(), 500, 10_001);
        assertThat(isDue(12_000)).isFalse();
        assertThat(isDue(12_001)).isTrue();
    }

    @Test
    void newRateEndsThePauseOfTheOldOne() {
        throttle.copied(replicas.partition(), 1_000_000, 10_000);
        assertThat(throttle.limit(limits("500", "0:1"))).isFalse();
        assertThat(isDue(10_001)).isFalse();

        assertThat(throttle.limit(limits("5000", "0:1"))).isTrue();
        assertThat(isDue(10_001)).isTrue();
    }

    @Test
    void oneFailureInARowIsLogged() {
        FetchState state = schedule.add(replicas.partition(), EPOCH);
        assertThat(state.warn()).isTrue();
        assertThat(state.warn()).isFalse();
        assertThat(state.succeeded()).as("a failure was logged").isTrue();
        assertThat(state.succeeded()).isFalse();

        assertThat(state.warn()).as("the next failure").isTrue();
    }

    private boolean isDue(long nowMs) {
        return schedule.prepare(nowMs, 1000);
    }

    private static ReplicationThrottle limits(String bytesPerSecond, String throttled) {
        PartitionImage partition = new PartitionImage(PartitionAssignment.of(List.of(1, 2)), null);
        TopicImage topic = new TopicImage(
                TwoReplicas.TOPIC,
                new UUID(0, 1),
                List.of(partition),
                Map.of(ReplicationThrottle.FOLLOWER_REPLICAS, throttled));
        ClusterImage image = new ClusterImage(
                "c",
                new TreeMap<>(),
                new TreeMap<>(Map.of(topic.name(), topic)),
                Set.of(),
                ClusterImage.NO_CONTROLLER,
                Map.of("1", Map.of(ReplicationThrottle.FOLLOWER_RATE, bytesPerSecond)),
                Map.of());
        return ReplicationThrottle.ofFollower(image, 1);
    }
}
