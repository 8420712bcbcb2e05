package io.tailrace.replication;

import io.tailrace.protocol.LeaderEpochs;
import io.tailrace.replication.cluster.Incarnation;

/**
 * What a follower's fetch says about the follower.
 *
 * @param follower which life of which broker asks
 * @param currentLeaderEpoch the leader epoch it follows in
 * @param fetchOffset its log end offset
 * @param lastFetchedEpoch the epoch of its last record, {@link LeaderEpochs#UNKNOWN} if its log is empty
 */
public record FollowerFetch(Incarnation follower, int currentLeaderEpoch, long fetchOffset, int lastFetchedEpoch) {}
