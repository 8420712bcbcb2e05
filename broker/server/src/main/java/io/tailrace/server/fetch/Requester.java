package io.tailrace.server.fetch;

import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.replication.FollowerFetch;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.server.partition.ConsumerFetch;

/**
 * The consumer or follower that fetches.
 *
 * @param replicaId a follower's broker id, negative for a consumer
 * @param replicaEpoch the broker epoch under which the follower fetches
 * @param rack the consumer's, empty for none
 * @param readsCommitted whether a consumer reads only committed transactions (KIP-98)
 * @param usesTopicIds whether it names topics by id (KIP-516)
 */
record Requester(int replicaId, long replicaEpoch, String rack, boolean readsCommitted, boolean usesTopicIds) {
    /** A tool that compares replicas. It asks each replica, and has no rack. */
    private static final int DEBUGGING_CONSUMER = -2;

    static Requester of(FetchRequest request, short version) {
        FetchRequest.ReplicaState replica = request.replica();
        return new Requester(
                replica.replicaId(),
                replica.replicaEpoch(),
                request.rackId(),
                request.isolationLevel() == FetchRequest.READ_COMMITTED,
                version >= FetchRequest.FIRST_WITH_TOPIC_IDS);
    }

    /** Whether this is the same client, even if it names topics in another way. */
    boolean isSameClient(Requester other) {
        return replicaId == other.replicaId
                && replicaEpoch == other.replicaEpoch
                && rack.equals(other.rack)
                && readsCommitted == other.readsCommitted;
    }

    /**
     * Whether a follower serves this consumer. A consumer without a rack was not sent to the follower; its metadata names an old
     * leader.
     */
    boolean readsFromFollowers() {
        return !rack.isEmpty() || replicaId == DEBUGGING_CONSUMER;
    }

    boolean isFollower() {
        return replicaId >= 0;
    }

    /** What a consumer wants from one of its partitions. */
    ConsumerFetch consumerFetch(FetchRequest.Partition wanted) {
        return new ConsumerFetch(wanted.fetchOffset(), wanted.currentLeaderEpoch(), readsCommitted);
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
