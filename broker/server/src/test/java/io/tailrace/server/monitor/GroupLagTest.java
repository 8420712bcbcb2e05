package io.tailrace.server.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.Replica;
import io.tailrace.server.Batches;
import io.tailrace.server.partition.TwoReplicas;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches are of one second after 1970. */
class GroupLagTest {
    private static final TopicPartition ID = new TopicPartition(TwoReplicas.TOPIC, 0);
    private static final long NOW_MS = 61_000;

    @SuppressWarnings("NullAway.Init")
    private TwoReplicas replicas;

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        replicas = new TwoReplicas(folder);
        replicas.partition().append(Batches.batch("a", "b", "c"), Replica.ANY_EPOCH, true);
        replicas.partition().append(Batches.batch("d"), Replica.ANY_EPOCH, true);
    }

    @AfterEach
    void close() throws Exception {
        replicas.close();
    }

    private Optional<GroupLag> lag(long committed) throws IOException {
        return GroupLag.of(ID, committed, replicas.partitions(), NOW_MS);
    }

    @Test
    void lagCountsRecordsBelowTheHighWatermarkAndTheAgeOfTheFirst() throws IOException {
        replicas.followerFetches(4);

        assertThat(lag(1)).contains(new GroupLag(3, 60));
        assertThat(lag(3)).contains(new GroupLag(1, 60));
    }

    @Test
    void aGroupThatHasReadEverythingHasNoLag() throws IOException {
        replicas.followerFetches(4);

        assertThat(lag(4)).contains(new GroupLag(0, 0));
        assertThat(lag(5)).contains(new GroupLag(0, 0));
    }

    @Test
    void recordsThatConsumersCannotReadYetAreNoLag() throws IOException {
        replicas.followerFetches(3);

        assertThat(lag(3)).contains(new GroupLag(0, 0));
    }

    @Test
    void thereIsNoLagWithoutAReplica() throws IOException {
        assertThat(GroupLag.of(new TopicPartition("elsewhere", 0), 1, replicas.partitions(), NOW_MS))
                .isEmpty();
    }
}
