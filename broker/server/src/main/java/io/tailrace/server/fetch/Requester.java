package io.tailrace.server.fetch;

import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.replication.FollowerFetch;
import io.tailrace.replication.cluster.Incarnation;

/**
 * Who fetches.
 *
 * @param replicaId a follower's broker id, negative for a consumer
 * @param replicaEpoch the broker epoch under which the follower fetches
 */
record Requester(int replicaId, long replicaEpoch) {

    static Requester of(FetchRequest request) {
        return new Requester(request.replicaId(), request.replicaEpoch());
    }

    boolean isFollower() {
        return replicaId >= 0;
    }

    /** What a follower's fetch says about one of its partitions. */
    FollowerFetch fetch(FetchRequest.Partition wanted) {
        return new FollowerFetch(
                new Incarnation(replicaId, replicaEpoch),
                wanted.currentLeaderEpoch(),
                wanted.fetchOffset(),
                wanted.lastFetchedEpoch(),
                wanted.logStartOffset());
    }
}
