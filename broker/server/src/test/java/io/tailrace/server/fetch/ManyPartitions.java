package io.tailrace.server.fetch;

import static io.tailrace.server.Batches.batch;
import static io.tailrace.server.partition.TwoReplicas.LEADER_EPOCH;
import static io.tailrace.server.partition.TwoReplicas.TOPIC;

import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.TwoReplicas;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Partitions of one topic, all led here. */
final class ManyPartitions {
    private static final int PARTITION_BYTES_MAX = 1_000;

    private final List<Partition> all = new ArrayList<>();

    ManyPartitions(TwoReplicas replicas, int count) throws IOException {
        all.add(replicas.partition());
        for (int index = 1; index < count; index++) {
            all.add(replicas.openLeader(index, LEADER_EPOCH));
        }
    }

    Partition get(int index) {
        return all.get(index);
    }

    int size() {
        return all.size();
    }

    /** Appends a record that the follower does not have yet. */
    void append(int index) {
        all.get(index).append(batch("a"), LEADER_EPOCH, false);
    }

    /** Appends a record that consumers can read. */
    void commit(int index) {
        append(index);
        TwoReplicas.followerFetches(all.get(index), all.get(index).logEndOffset());
    }

    /** Consumers want all partitions from their starts. */
    List<FetchRequest.Topic> wanted() {
        return wanted(0, IntStream.range(0, all.size()).toArray());
    }

    /** A consumer wants these partitions from an offset. */
    static List<FetchRequest.Topic> wanted(long offset, int... indexes) {
        return topic(Arrays.stream(indexes)
                .mapToObj(index -> new FetchRequest.Partition(index, -1, offset, -1, -1, PARTITION_BYTES_MAX))
                .toList());
    }

    /** The follower wants these partitions from an offset. */
    static List<FetchRequest.Topic> followed(long offset, int... indexes) {
        return topic(Arrays.stream(indexes)
                .mapToObj(index -> new FetchRequest.Partition(
                        index, LEADER_EPOCH, offset, offset == 0 ? -1 : LEADER_EPOCH, 0, PARTITION_BYTES_MAX))
                .toList());
    }

    private static List<FetchRequest.Topic> topic(List<FetchRequest.Partition> partitions) {
        return partitions.isEmpty() ? List.of() : List.of(new FetchRequest.Topic(TOPIC, partitions));
    }
}
