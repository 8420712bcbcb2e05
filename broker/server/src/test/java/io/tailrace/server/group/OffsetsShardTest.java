package io.tailrace.server.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.server.partition.TwoReplicas;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shard over a partition with one follower, which acknowledges when a test says so. */
class OffsetsShardTest {
    private static final TopicPartition WEB_0 = new TopicPartition("web", 0);
    private static final TopicPartition WEB_1 = new TopicPartition("web", 1);
    private static final long OLD_MS = 100;
    private static final long EXPIRED_BEFORE_MS = 200;
    private static final long NEW_MS = 300;

    private final List<ErrorCode> answers = new ArrayList<>();
    private TwoReplicas replicas;
    private OffsetsShard shard;

    @BeforeEach
    void lead(@TempDir Path directory) throws Exception {
        replicas = new TwoReplicas(directory);
        shard = loadedShard();
    }

    @AfterEach
    void stop() throws Exception {
        replicas.close();
    }

    @Test
    void commitIsVisibleOnceItIsAcknowledged() {
        commit("g", WEB_0, 5, NEW_MS);
        assertThat(shard.offsets("g")).isEmpty();
        assertThat(answers).isEmpty();

        acknowledgeAll();
        assertThat(shard.offsets("g")).containsExactly(Map.entry(WEB_0, offset(5, NEW_MS)));
        assertThat(answers).containsExactly(ErrorCode.NONE);
    }

    @Test
    void groupsAreApart() {
        commit("g", WEB_0, 5, NEW_MS);
        commit("h", WEB_0, 7, NEW_MS);
        commit("h", WEB_1, 8, NEW_MS);
        acknowledgeAll();

        assertThat(shard.offsets("g")).containsExactly(Map.entry(WEB_0, offset(5, NEW_MS)));
        assertThat(shard.offsets("h"))
                .containsExactly(Map.entry(WEB_0, offset(7, NEW_MS)), Map.entry(WEB_1, offset(8, NEW_MS)));
        assertThat(shard.offsets("unknown")).isEmpty();
    }

    @Test
    void nextLeaderReadsTheNewestOffsetOfEachPartitionFromTheLog() throws Exception {
        commit("g", WEB_0, 5, NEW_MS);
        commit("g", WEB_1, 6, OLD_MS);
        commit("g", WEB_0, 7, NEW_MS);
        acknowledgeAll();
        expire();
        acknowledgeAll();

        assertThat(loadedShard().offsets("g")).containsExactly(Map.entry(WEB_0, offset(7, NEW_MS)));
    }

    @Test
    void offsetsAreNotToBeAskedForBeforeTheyAreLoaded() throws Exception {
        OffsetsShard loading = new OffsetsShard(replicas.partition(), TwoReplicas.LEADER_EPOCH);
        assertThat(loading.isLoaded()).isFalse();

        loading.load();
        assertThat(loading.isLoaded()).isTrue();
    }

    @Test
    void oldOffsetsExpireAndNewOnesStay() {
        commit("g", WEB_0, 5, OLD_MS);
        commit("g", WEB_1, 6, NEW_MS);
        commit("h", WEB_0, 7, OLD_MS);
        acknowledgeAll();
        expire();
        assertThat(shard.offsets("h")).as("until the tombstone is acknowledged").isNotEmpty();

        acknowledgeAll();
        assertThat(shard.offsets("g")).containsOnlyKeys(WEB_1);
        assertThat(shard.offsets("h")).isEmpty();
    }

    @Test
    void offsetsOfADeletedTopicExpire() {
        commit("g", WEB_0, 5, NEW_MS);
        acknowledgeAll();
        shard.expire(WEB_0::equals, EXPIRED_BEFORE_MS, NEW_MS);
        acknowledgeAll();

        assertThat(shard.offsets("g")).isEmpty();
    }

    @Test
    void commitThatIsOnItsWayWhenTheOldOffsetExpiresIsKept() throws Exception {
        commit("g", WEB_0, 5, OLD_MS);
        acknowledgeAll();
        commit("g", WEB_0, 6, NEW_MS);
        expire();
        acknowledgeAll();

        assertThat(shard.offsets("g")).containsExactly(Map.entry(WEB_0, offset(6, NEW_MS)));
        assertThat(loadedShard().offsets("g")).containsExactly(Map.entry(WEB_0, offset(6, NEW_MS)));
    }

    @Test
    void commitThatFailedAfterItsAppendIsNotRemovedFromTheLog() throws Exception {
        commit("g", WEB_0, 5, OLD_MS);
        acknowledgeAll();
        commit("g", WEB_0, 6, NEW_MS);
        replicas.lease(false);
        replicas.partition().leaseEnded();
        assertThat(answers).containsExactly(ErrorCode.NONE, ErrorCode.NOT_COORDINATOR);

        replicas.lease(true);
        expire();
        acknowledgeAll();
        assertThat(loadedShard().offsets("g")).containsExactly(Map.entry(WEB_0, offset(6, NEW_MS)));
    }

    @Test
    void expiryTakesAsManyBatchesAsItNeeds() throws Exception {
        Map<TopicPartition, CommittedOffset> many = new HashMap<>();
        for (int i = 0; i < 2500; i++) {
            many.put(new TopicPartition("web", i), offset(i, OLD_MS));
        }
        shard.commit("g", many, NEW_MS, answers::add);
        acknowledgeAll();
        expire();
        acknowledgeAll();

        assertThat(shard.offsets("g")).isEmpty();
        assertThat(loadedShard().offsets("g")).isEmpty();
    }

    @Test
    void tombstonesAreAppendedOnce() {
        commit("g", WEB_0, 5, OLD_MS);
        acknowledgeAll();
        expire();
        expire();

        assertThat(replicas.logEndOffset()).isEqualTo(2);
    }

    @Test
    void expiryEndsWhenTheLogRefusesTombstones() {
        commit("g", WEB_0, 5, OLD_MS);
        acknowledgeAll();
        replicas.lease(false);
        expire();

        assertThat(replicas.logEndOffset()).isEqualTo(1);
    }

    @Test
    void commitInALaterEpochIsRefused() {
        replicas.elect(1, TwoReplicas.LEADER_EPOCH + 1);
        commit("g", WEB_0, 5, NEW_MS);

        assertThat(shard.leads()).isFalse();
        assertThat(answers).containsExactly(ErrorCode.NOT_COORDINATOR);
    }

    @Test
    void commitLargerThanABatchMayBeIsRefused() {
        CommittedOffset large = new CommittedOffset(5, -1, "m".repeat(32_000), NEW_MS);
        Map<TopicPartition, CommittedOffset> many = new HashMap<>();
        for (int i = 0; i < 40; i++) {
            many.put(new TopicPartition("web", i), large);
        }
        shard.commit("g", many, NEW_MS, answers::add);

        assertThat(answers).containsExactly(ErrorCode.INVALID_COMMIT_OFFSET_SIZE);
        assertThat(replicas.logEndOffset()).isZero();
    }

    private OffsetsShard loadedShard() throws Exception {
        OffsetsShard loaded = new OffsetsShard(replicas.partition(), TwoReplicas.LEADER_EPOCH);
        loaded.load();
        return loaded;
    }

    private void commit(String group, TopicPartition partition, long offset, long committedAtMs) {
        shard.commit(group, Map.of(partition, offset(offset, committedAtMs)), NEW_MS, answers::add);
    }

    private void expire() {
        shard.expire(partition -> false, EXPIRED_BEFORE_MS, NEW_MS);
    }

    private void acknowledgeAll() {
        replicas.followerFetches(replicas.logEndOffset());
    }

    private static CommittedOffset offset(long offset, long committedAtMs) {
        return new CommittedOffset(offset, -1, "", committedAtMs);
    }
}
