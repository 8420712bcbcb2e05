package io.tailrace.simulation;

import io.tailrace.groups.ClusterSnapshot;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;

/** The topic that members read, and the only one that groups know. Its partitions grow, and each remembers what was processed. */
final class ReadTopic implements ClusterSnapshot, ClusterSnapshot.Topic {
    static final String NAME = "clicks";

    private static final UUID ID = new UUID(0, 2);

    private final String name;
    private final long[] ends;
    /** Exclusive: everything below was processed at least once. */
    private final long[] processedEnds;

    ReadTopic(String name, int partitions) {
        this.name = name;
        ends = new long[partitions];
        processedEnds = new long[partitions];
    }

    static UUID topicId() {
        return ID;
    }

    void grow(int partition) {
        ends[partition]++;
    }

    /** Exclusive. */
    long end(int partition) {
        return ends[partition];
    }

    /** A member has processed records: from {@code offset} to {@code endOffset}, exclusive. */
    void process(int partition, long offset, long endOffset) {
        if (offset > processedEnds[partition]) {
            throw new BrokenPromise(
                    "partition %d is processed from %d on, but only what is below %d was processed before"
                            .formatted(partition, offset, processedEnds[partition]));
        }
        processedEnds[partition] = Math.max(endOffset, processedEnds[partition]);
    }

    boolean isProcessed() {
        return Arrays.equals(ends, processedEnds);
    }

    List<Integer> indexes() {
        return IntStream.range(0, ends.length).boxed().toList();
    }

    @Override
    public long version() {
        return 1;
    }

    @Override
    public Optional<Topic> topic(String wanted) {
        return wanted.equals(name) ? Optional.of(this) : Optional.empty();
    }

    @Override
    public Optional<Topic> topic(UUID id) {
        return id.equals(ID) ? Optional.of(this) : Optional.empty();
    }

    @Override
    public Collection<String> topicNames() {
        return List.of(name);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public UUID id() {
        return ID;
    }

    @Override
    public int partitions() {
        return ends.length;
    }

    @Override
    public Set<String> racks(int partition) {
        return Set.of();
    }
}
