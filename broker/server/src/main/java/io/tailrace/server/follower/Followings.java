package io.tailrace.server.follower;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.server.partition.Partition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The partitions that one fetcher copies, and whose turn it is. Guarded by the fetcher's monitor. */
final class Followings {
    private final Map<TopicPartition, Following> followings = new LinkedHashMap<>();
    private final CopyThrottle throttle;
    private int turn;

    Followings(CopyThrottle throttle) {
        this.throttle = throttle;
    }

    Following add(Partition partition, int leaderEpoch) {
        Following following = new Following(partition, leaderEpoch);
        followings.put(partition.id(), following);
        return following;
    }

    void remove(TopicPartition partition) {
        followings.remove(partition);
    }

    boolean isEmpty() {
        return followings.isEmpty();
    }

    /** Asks for all that may be asked for now; empty if that is none. */
    FetchRound round(long nowMs, int partitionBytesMax) {
        FetchRound round = new FetchRound();
        List<Following> inTurn = new ArrayList<>(followings.values());
        // Who is first is given a batch of any size: everybody is in turn.
        Collections.rotate(inTurn, inTurn.isEmpty() ? 0 : -(turn++ % inTurn.size()));
        for (Following following : inTurn) {
            if (following.mayAcknowledge() && atMs(following) <= nowMs) {
                round.add(following, partitionBytesMax);
            }
        }
        return round;
    }

    /** Time until one more may be asked for, 0 if there is none that waits for its time. */
    long msUntilNext(long nowMs) {
        return followings.values().stream()
                .mapToLong(this::atMs)
                .filter(atMs -> atMs > nowMs)
                .map(atMs -> atMs - nowMs)
                .min()
                .orElse(0);
    }

    private long atMs(Following following) {
        return Math.max(following.retryAtMs(), throttle.freeAtMs(following.partition()));
    }
}
