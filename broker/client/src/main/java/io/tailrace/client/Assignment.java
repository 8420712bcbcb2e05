package io.tailrace.client;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.Decompressor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The partitions a consumer reads. Its monitor guards all of their states; it is notified when there is something for
 * a poll to return, and when a position has become known.
 */
final class Assignment {
    /** Bound on one batch's decompressed records, far above what producers make. */
    private static final int DECOMPRESSED_BYTES_MAX = 256 << 20;

    private final Map<TopicPartition, PartitionState> states = new LinkedHashMap<>();
    private final Decompressor decompressor = new Decompressor(DECOMPRESSED_BYTES_MAX);
    private int turn;

    synchronized void replace(Collection<TopicPartition> partitions) {
        states.keySet().retainAll(Set.copyOf(partitions));
        for (TopicPartition partition : partitions) {
            states.computeIfAbsent(partition, added -> new PartitionState(added, PartitionState.Start.COMMITTED));
        }
    }

    synchronized Set<TopicPartition> partitions() {
        return Set.copyOf(states.keySet());
    }

    /** The states themselves; only within the monitor. */
    Collection<PartitionState> states() {
        return states.values();
    }

    /** A partition's state, or null if it is not assigned; only within the monitor. */
    @Nullable
    PartitionState state(TopicPartition partition) {
        return states.get(partition);
    }

    /**
     * A partition's state; only within the monitor.
     *
     * @throws IllegalStateException if it is not assigned
     */
    PartitionState assigned(TopicPartition partition) {
        PartitionState state = states.get(partition);
        if (state == null) {
            throw new IllegalStateException(partition + " is not assigned; assigned are " + states.keySet());
        }
        return state;
    }

    /**
     * Takes records that were read ahead, partition after partition, beginning where the last call ended.
     *
     * @throws ClientException what a partition failed with, once, when there is nothing to return before it
     */
    synchronized List<ConsumerRecord> take(int max) {
        List<ConsumerRecord> taken = new ArrayList<>();
        List<PartitionState> inTurn = new ArrayList<>(states.values());
        int count = inTurn.size();
        for (int i = 0; i < count && taken.size() < max; i++) {
            PartitionState state = inTurn.get(turn % count);
            boolean more = state.drainTo(taken, max, decompressor);
            turn = more ? turn : (turn + 1) % count;
        }
        if (taken.isEmpty()) {
            for (PartitionState state : inTurn) {
                ClientException failure = state.takeFailure();
                if (failure != null) {
                    throw failure;
                }
            }
        }
        return taken;
    }
}
