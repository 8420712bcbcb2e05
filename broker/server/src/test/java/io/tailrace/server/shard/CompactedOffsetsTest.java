package io.tailrace.server.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.coordination.ClusterTree;
import io.tailrace.groups.ClusterSnapshot;
import io.tailrace.groups.GroupSettings;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.offsets.FetchOffsets;
import io.tailrace.groups.rules.GroupRules;
import io.tailrace.log.AppendResult;
import io.tailrace.protocol.codec.GroupRecords;
import io.tailrace.protocol.group.OffsetCommitKey;
import io.tailrace.protocol.group.OffsetCommitValue;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchResponse;
import io.tailrace.protocol.record.CompressionType;
import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatchBuilder;
import io.tailrace.replication.Replica;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.server.group.ClusterTopics;
import io.tailrace.server.partition.LeaderWrite;
import io.tailrace.server.partition.TwoReplicas;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compaction does not change what a new coordinator knows about offsets, in transactions or not, decided or not. */
class CompactedOffsetsTest {
    private static final int STEPS = 300;
    private static final int PARTITIONS = 4;
    private static final int PRODUCERS = 3;
    private static final ClusterSnapshot CLUSTER =
            new ClusterTopics(() -> new ClusterTree.Reading(ClusterImage.empty(), Set.of())).get();

    private final short[] epochs = new short[PRODUCERS];
    private long nextValue = 1;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aCompactedLogHasTheSameOffsets(long seed, @TempDir Path directory) throws IOException {
        Random random = new Random(seed);
        Map<String, String> configs =
                Map.of("cleanup.policy", "compact", "segment.bytes", "1500", "min.cleanable.dirty.ratio", "0.01");
        try (TwoReplicas replicas = new TwoReplicas(directory, configs, 0, Runnable::run)) {
            for (int i = 0; i < STEPS; i++) {
                step(replicas, random);
                if (random.nextInt(20) == 0) {
                    compact(replicas, seed);
                }
            }
            for (int producer = 0; producer < PRODUCERS; producer++) {
                end(replicas, producer, true);
            }
            long records = compact(replicas, seed);
            assertThat(records).as("seed %d: records that are left", seed).isLessThan(nextValue / 2);
        }
    }

    private void step(TwoReplicas replicas, Random random) {
        int partition = random.nextInt(PARTITIONS);
        int producer = random.nextInt(PRODUCERS);
        switch (random.nextInt(8)) {
            case 0 -> append(replicas, record(partition, false));
            case 1, 2 -> append(replicas, record(partition, true));
            case 3 -> {
                if (random.nextInt(4) == 0) {
                    end(replicas, producer, random.nextBoolean());
                }
            }
            default -> {
                RecordBatchBuilder record = record(partition, true);
                record.producer(producer, epochs[producer], RecordBatch.NO_SEQUENCE);
                record.transactional();
                append(replicas, record);
            }
        }
    }

    private RecordBatchBuilder record(int partition, boolean hasValue) {
        byte[] key = bytes(GroupRecords.encodeKey(new OffsetCommitKey("g", "web", partition)));
        OffsetCommitValue value = new OffsetCommitValue(nextValue++, -1, "", 0, -1, new UUID(0, 0));
        byte @Nullable [] valueBytes = hasValue ? bytes(GroupRecords.encodeValue(value)) : null;
        RecordBatchBuilder builder = new RecordBatchBuilder(CompressionType.NONE, 1 << 20);
        builder.append(1_700_000_000_000L, key, valueBytes, List.of());
        return builder;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static void append(TwoReplicas replicas, RecordBatchBuilder builder) {
        ByteBuffer batch = builder.build();
        AppendResult result = write(replicas, new LeaderWrite.Batch(batch));
        if (result instanceof AppendResult.Unverified unverified) {
            result = write(replicas, new LeaderWrite.Batch(batch, unverified.verification()));
        }
        assertThat(result).isInstanceOf(AppendResult.Appended.class);
    }

    private void end(TwoReplicas replicas, int producer, boolean isCommit) {
        EndTransactionMarker marker = new EndTransactionMarker(producer, ++epochs[producer], isCommit, 1);
        assertThat(write(replicas, new LeaderWrite.Marker(marker, true))).isInstanceOf(AppendResult.Appended.class);
    }

    private static AppendResult write(TwoReplicas replicas, LeaderWrite write) {
        return replicas.partition().append(write, Replica.ANY_EPOCH, true).result();
    }

    /** Returns the number of records behind the compaction. */
    private static long compact(TwoReplicas replicas, long seed) throws IOException {
        replicas.followerFetches(replicas.logEndOffset());
        GroupsShard before = GroupRules.emptyShard(CLUSTER, GroupSettings.defaults());
        new ShardLoader(replicas.partition(), before).load(() -> false);
        replicas.compact();
        GroupsShard after = GroupRules.emptyShard(CLUSTER, GroupSettings.defaults());
        ShardLoader loader = new ShardLoader(replicas.partition(), after);
        loader.load(() -> false);
        for (boolean isStable : new boolean[] {false, true}) {
            assertThat(offsets(after, isStable)).as("seed %d", seed).isEqualTo(offsets(before, isStable));
        }
        assertThat(loader.skipped()).isZero();
        return loader.records();
    }

    private static Set<OffsetFetchResponse.Partition> offsets(GroupsShard shard, boolean isStable) {
        return new HashSet<>(new FetchOffsets(new OffsetFetchRequest.Group("g", null), isStable)
                .answer(shard, 0).topics().stream()
                        .flatMap(topic -> topic.partitions().stream())
                        .toList());
    }
}
