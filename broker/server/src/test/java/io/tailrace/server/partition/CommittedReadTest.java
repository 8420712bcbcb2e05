package io.tailrace.server.partition;

import static io.tailrace.server.Batches.batch;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.record.RecordBatches;
import io.tailrace.replication.Event;
import io.tailrace.replication.FollowerFetch;
import io.tailrace.replication.Replica;
import io.tailrace.replication.cluster.Incarnation;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A leader without a lease or session serves consumers what is committed: record 0, but not record 1. */
class CommittedReadTest {
    private TwoReplicas replicas;

    @BeforeEach
    void commitTheFirstOfTwoRecords(@TempDir Path directory) throws Exception {
        replicas = new TwoReplicas(directory);
        replicas.partition().append(batch("committed"), Replica.ANY_EPOCH, true);
        replicas.partition().append(batch("uncommitted"), Replica.ANY_EPOCH, true);
        replicas.followerFetches(1);
        assertThat(replicas.highWatermark()).isEqualTo(1);
    }

    @AfterEach
    void stop() throws Exception {
        replicas.close();
    }

    @Test
    void withoutALeaseConsumersReadBelowTheHighWatermark() throws Exception {
        replicas.lease(false);

        assertServesCommittedRecordsOnly();
    }

    @Test
    void withoutASessionConsumersReadBelowTheHighWatermark() throws Exception {
        replicas.lease(false);
        replicas.handle(new Event.SessionLost());
        assertServesCommittedRecordsOnly();

        replicas.lease(true);
        replicas.handle(new Event.Registered(TwoReplicas.SELF_EPOCH + 1));
        assertServesCommittedRecordsOnly();
    }

    @Test
    void recordsThatRetentionDeletesAreNotOutOfRange() throws Exception {
        replicas.lease(false);
        replicas.log().truncateFullyAndStartAt(2, 0);

        assertThat(errorAt(0, Replica.ANY_EPOCH)).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void aConsumerAtTheHighWatermarkIsWokenAndSentAway() {
        AtomicInteger wakes = new AtomicInteger();
        replicas.partition().add(wakes::incrementAndGet);
        assertThat(errorAt(1, Replica.ANY_EPOCH)).as("it waits").isEqualTo(ErrorCode.NONE);

        replicas.lease(false);
        replicas.partition().leaseEnded();

        assertThat(wakes).hasValue(1);
        assertThat(errorAt(1, Replica.ANY_EPOCH)).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    private void assertServesCommittedRecordsOnly() throws Exception {
        Read read = replicas.partition().read(new ConsumerFetch(0, TwoReplicas.LEADER_EPOCH, false), 1000, true);
        try {
            assertThat(read.error()).isEqualTo(ErrorCode.NONE);
            assertThat(read.highWatermark()).isEqualTo(1);
            assertThat(RecordBatches.of(Objects.requireNonNull(read.slice()).toBuffer()))
                    .hasSize(1);
        } finally {
            read.close();
        }
        assertThat(errorAt(1, Replica.ANY_EPOCH)).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(errorAt(7, Replica.ANY_EPOCH)).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        assertThat(errorAt(0, TwoReplicas.LEADER_EPOCH + 1)).isEqualTo(ErrorCode.UNKNOWN_LEADER_EPOCH);
        assertThat(errorAt(0, TwoReplicas.LEADER_EPOCH - 1)).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH);
        FollowerFetch follower =
                new FollowerFetch(new Incarnation(2, TwoReplicas.FOLLOWER_EPOCH), TwoReplicas.LEADER_EPOCH, 0, -1, 0);
        assertThat(replicas.partition().read(follower, 1000, true).error()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    private ErrorCode errorAt(long offset, int leaderEpoch) {
        Read read = replicas.partition().read(new ConsumerFetch(offset, leaderEpoch, false), 1000, true);
        read.close();
        return read.error();
    }
}
