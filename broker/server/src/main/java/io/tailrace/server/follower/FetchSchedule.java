package io.tailrace.server.follower;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.server.partition.Partition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The partitions that one fetcher copies, and which of them are due. Guarded by the fetcher's monitor. */
final class FetchSchedule {
    private final Map<TopicPartition, FetchState> states = new LinkedHashMap<>();
    private final CopyThrottle throttle;
    private int rounds;

    FetchSchedule(CopyThrottle throttle) {
        this.throttle = throttle;
    }

    FetchState add(Partition partition, int leaderEpoch) {
        FetchState state = new FetchState(partition, leaderEpoch);
        states.put(partition.id(), state);
        return state;
    }

    void remove(TopicPartition partition) {
        states.remove(partition);
    }

    boolean isEmpty() {
        return states.isEmpty();
    }

    /** A fetch of all partitions that are due; empty if none is. */
    FetchRound round(long nowMs, int partitionBytesMax) {
        FetchRound round = new FetchRound();
        List<FetchState> order = new ArrayList<>(states.values());
        // The first partition of a fetch gets its next batch whatever its size, so each one must come first in turn.
        Collections.rotate(order, order.isEmpty() ? 0 : -(rounds++ % order.size()));
        for (FetchState state : order) {
            if (state.mayAcknowledge() && dueMs(state) <= nowMs) {
                round.add(state, partitionBytesMax);
            }
        }
        return round;
    }

    /** Time until the next partition becomes due, 0 if none is waiting for its time. */
    long msUntilNext(long nowMs) {
        return states.values().stream()
                .mapToLong(this::dueMs)
                .filter(dueMs -> dueMs > nowMs)
                .map(dueMs -> dueMs - nowMs)
                .min()
                .orElse(0);
    }

    private long dueMs(FetchState state) {
        return Math.max(state.retryAtMs(), throttle.pausedUntilMs(state.partition()));
    }
}
