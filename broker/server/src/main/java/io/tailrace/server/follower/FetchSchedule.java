package io.tailrace.server.follower;

import io.tailrace.client.IncrementalFetch;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.replication.Follower;
import io.tailrace.server.partition.Partition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The partitions that one fetcher copies, and the content of its next fetch. In a fetch session, a partition is looked at only
 * after an answer, a failure or a change, so that an idle one costs nothing. Guarded by the fetcher's monitor.
 */
final class FetchSchedule {
    private final Map<TopicPartition, FetchState> states = new LinkedHashMap<>();

    /** Partitions that the next fetch may have to name. */
    private final Set<FetchState> unsettled = new LinkedHashSet<>();

    private final Set<TopicPartition> stopped = new HashSet<>();

    /** The partitions of the fetch in flight, each with its state when it was named. */
    private final Map<TopicPartition, FetchState> asked = new HashMap<>();

    private final IncrementalFetch session = new IncrementalFetch();
    private final CopyThrottle throttle;
    private int rounds;

    FetchSchedule(CopyThrottle throttle) {
        this.throttle = throttle;
    }

    FetchState add(Partition partition, int leaderEpoch) {
        FetchState state = new FetchState(partition, leaderEpoch);
        FetchState earlier = states.put(partition.id(), state);
        if (earlier != null) {
            unsettled.remove(earlier);
        }
        unsettled.add(state);
        return state;
    }

    void remove(TopicPartition partition) {
        FetchState earlier = states.remove(partition);
        if (earlier != null) {
            unsettled.remove(earlier);
            stopped.add(partition);
        }
    }

    boolean isEmpty() {
        return states.isEmpty();
    }

    /** Prepares the next fetch, of all partitions that are due. Returns whether there are any. */
    boolean prepare(long nowMs, int partitionBytesMax) {
        stopped.forEach(this::leaveOut);
        stopped.clear();
        unsettled.addAll(session.isOpen() ? throttled() : all());
        unsettled.removeIf(state -> settle(state, nowMs, partitionBytesMax));
        return !asked.isEmpty();
    }

    /** The prepared fetch, made from one without partitions. */
    FetchRequest next(FetchRequest fetch) {
        return session.next(fetch);
    }

    private List<FetchState> all() {
        session.reset();
        asked.clear();
        unsettled.clear();
        List<FetchState> order = new ArrayList<>(states.values());
        // The first partition of a fetch gets its next batch whatever its size, so each one must come first in turn.
        Collections.rotate(order, order.isEmpty() ? 0 : -(rounds++ % order.size()));
        return order;
    }

    /** Their pauses begin when other partitions are copied. */
    private List<FetchState> throttled() {
        return throttle.isUnlimited()
                ? List.of()
                : states.values().stream()
                        .filter(state -> throttle.covers(state.partition()))
                        .toList();
    }

    /** Asks for the partition's next records, or leaves it out; false if it must be looked at again. */
    private boolean settle(FetchState state, long nowMs, int bytesMax) {
        TopicPartition id = state.partition().id();
        boolean due = state.mayAcknowledge() && dueMs(state) <= nowMs;
        if (due && state.partition().replica() instanceof Follower follower && follower.follows(state.leaderEpoch())) {
            session.ask(id, wanted(state, follower, bytesMax));
            asked.put(id, state);
            return true;
        }
        leaveOut(id);
        return false;
    }

    private static FetchRequest.Partition wanted(FetchState state, Follower follower, int bytesMax) {
        return new FetchRequest.Partition(
                state.partition().id().partition(),
                state.leaderEpoch(),
                follower.log().endOffset(),
                follower.log().epochs().latest(),
                follower.log().startOffset(),
                bytesMax);
    }

    private void leaveOut(TopicPartition partition) {
        session.forget(partition);
        asked.remove(partition);
    }

    /** The state with which the fetch in flight names the partition, null if it does not name it. */
    @Nullable
    FetchState asked(TopicPartition partition) {
        return asked.get(partition);
    }

    /** The fetch in flight is answered. */
    void answered(FetchResponse answer) {
        session.answered(answer);
    }

    /** The fetch in flight has no answer: the next one names all partitions. */
    void failed() {
        session.reset();
    }

    /** The partition has been answered or has failed: the next fetch may have to name it. */
    void unsettle(FetchState state) {
        if (states.get(state.partition().id()) == state) {
            unsettled.add(state);
        }
    }

    /** The largest lag of all partitions. */
    long lagMax() {
        return states.values().stream().mapToLong(FetchState::lag).max().orElse(0);
    }

    /** Time until the next partition becomes due, 0 if none is waiting for its time. */
    long msUntilNext(long nowMs) {
        return unsettled.stream()
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
