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
 * The partitions assigned to a consumer. Its monitor guards all of them. It is notified when a poll has something to
 * return, and when a position becomes known.
 */
final class Assignment {
    /** Bound on the decompressed size of one batch, far above what producers make. */
    private static final int DECOMPRESSED_BYTES_MAX = 256 << 20;

    private final Map<TopicPartition, AssignedPartition> states = new LinkedHashMap<>();
    private final Decompressor decompressor = new Decompressor(DECOMPRESSED_BYTES_MAX);
    private int turn;
    private int lastGeneration;

    synchronized void replace(Collection<TopicPartition> partitions) {
        states.keySet().retainAll(Set.copyOf(partitions));
        for (TopicPartition partition : partitions) {
            states.computeIfAbsent(
                    partition,
                    added -> new AssignedPartition(added, AssignedPartition.Start.COMMITTED, () -> ++lastGeneration));
        }
    }

    synchronized Set<TopicPartition> partitions() {
        return Set.copyOf(states.keySet());
    }

    /** All assigned partitions. The caller holds the monitor. */
    Collection<AssignedPartition> states() {
        return states.values();
    }

    /** The partition, or null if it is not assigned. The caller holds the monitor. */
    @Nullable
    AssignedPartition state(TopicPartition partition) {
        return states.get(partition);
    }

    /**
     * The partition. The caller holds the monitor.
     *
     * @throws IllegalStateException if it is not assigned
     */
    AssignedPartition assigned(TopicPartition partition) {
        AssignedPartition state = states.get(partition);
        if (state == null) {
            throw new IllegalStateException(partition + " is not assigned; assigned are " + states.keySet());
        }
        return state;
    }

    /**
     * Takes records that were read ahead, partition by partition, starting after the last one served.
     *
     * @throws ClientException the failure of a partition, once, if there are no records to return first
     */
    synchronized List<ConsumerRecord> take(int max) {
        List<ConsumerRecord> taken = new ArrayList<>();
        List<AssignedPartition> inTurn = new ArrayList<>(states.values());
        int count = inTurn.size();
        for (int i = 0; i < count && taken.size() < max; i++) {
            AssignedPartition state = inTurn.get(turn % count);
            boolean more = state.drainTo(taken, max, decompressor);
            turn = more ? turn : (turn + 1) % count;
        }
        if (taken.isEmpty()) {
            for (AssignedPartition state : inTurn) {
                ClientException failure = state.takeFailure();
                if (failure != null) {
                    throw failure;
                }
            }
        }
        return taken;
    }
}
