package io.tailrace.replication;

import io.tailrace.protocol.LeaderEpochs;
import io.tailrace.replication.cluster.Incarnation;

/**
 * A follower's fetch, as far as it concerns the rules.
 *
 * @param follower the incarnation that fetches
 * @param currentLeaderEpoch the leader epoch it follows in
 * @param fetchOffset its log end offset
 * @param lastFetchedEpoch the epoch of its last record, {@link LeaderEpochs#UNKNOWN} if its log is empty
 * @param logStartOffset its log start offset, inclusive
 */
public record FollowerFetch(
        Incarnation follower, int currentLeaderEpoch, long fetchOffset, int lastFetchedEpoch, long logStartOffset) {}
