package io.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;

class PartitionerTest {
    private static final InetSocketAddress BROKER = InetSocketAddress.createUnresolved("a", 1);

    private static MetadataSnapshot view(int partitions, int leaderless) {
        Map<Integer, MetadataSnapshot.Leader> leaders = new HashMap<>();
        for (int i = 0; i < partitions; i++) {
            leaders.put(i, new MetadataSnapshot.Leader(i == leaderless ? null : BROKER, 0));
        }
        return new MetadataSnapshot(
                Map.of(1, BROKER),
                Map.of(
                        "t",
                        new MetadataSnapshot.Topic(
                                ErrorCode.NONE, MetadataSnapshot.NO_ID, MetadataSnapshot.NO_ID, leaders)));
    }

    @Test
    void keysGoToTheSamePartitionAsWithKafkasClients() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            byte[] key = new byte[random.nextInt(40)];
            random.nextBytes(key);
            int partitions = 1 + random.nextInt(100);
            assertThat(Partitioner.ofKey(key, partitions))
                    .as("seed %d", seed)
                    .isEqualTo(Utils.toPositive(Utils.murmur2(key)) % partitions);
        }
    }

    @Test
    void recordsWithoutKeyChangePartitionAfterEachBatch() {
        Partitioner partitioner = new Partitioner(100);
        MetadataSnapshot view = view(3, -1);
        int[] chosen = new int[9];
        for (int i = 0; i < chosen.length; i++) {
            chosen[i] = partitioner.next("t", 40, view, 3);
        }
        assertThat(chosen).containsExactly(0, 0, 0, 1, 1, 1, 2, 2, 2);
    }

    @Test
    void partitionsWithoutLeaderAreAvoided() {
        Partitioner partitioner = new Partitioner(1);
        for (int i = 0; i < 6; i++) {
            assertThat(partitioner.next("t", 1, view(3, 1), 3)).isNotEqualTo(1);
        }
        assertThat(new Partitioner(1).next("t", 1, view(1, 0), 1)).isZero();
    }
}
