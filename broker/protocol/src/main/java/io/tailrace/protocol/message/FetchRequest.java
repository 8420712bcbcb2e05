package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads record batches of partitions, as a consumer or as a follower.
 *
 * @param replicaId the follower's broker id; -1 for a consumer
 * @param maxWaitMs how long to wait for {@code minBytes}
 * @param minBytes how many bytes to wait for
 * @param maxBytes how many bytes to answer at most; the first batch comes whole all the same
 * @param isolationLevel 0 reads up to the high watermark, 1 only what is committed (KIP-98)
 * @param sessionId the fetch session (KIP-227), 0 for none
 * @param sessionEpoch the session's epoch: 0 asks for a session, -1 for none
 * @param topics the partitions to read; with a session, those that have changed
 * @param forgottenTopics partitions to take out of the session
 * @param rackId the consumer's rack, empty for none (KIP-392)
 * @param clusterId the cluster that the reader takes the broker to belong to; null for any
 * @param replicaEpoch which life of the follower asks, -1 for a consumer. Ours alone: Apache Kafka has it in a version
 *     that needs topic ids (KIP-903), and skips a tag it does not know
 */
public record FetchRequest(
        int replicaId,
        int maxWaitMs,
        int minBytes,
        int maxBytes,
        byte isolationLevel,
        @Since(7) int sessionId,
        @Since(7) @Default("-1") int sessionEpoch,
        List<Topic> topics,
        @Since(7) List<ForgottenTopic> forgottenTopics,
        @Since(11) String rackId,
        @Since(12) @Tagged(0) @Nullable String clusterId,
        @Since(12) @Tagged(10_000) @Default("-1") long replicaEpoch)
        implements Request<FetchResponse> {
    /** {@link #replicaId} of a consumer. */
    public static final int CONSUMER = -1;

    /** A consumer's read. */
    public FetchRequest(
            int replicaId,
            int maxWaitMs,
            int minBytes,
            int maxBytes,
            byte isolationLevel,
            int sessionId,
            int sessionEpoch,
            List<Topic> topics,
            List<ForgottenTopic> forgottenTopics,
            String rackId,
            @Nullable String clusterId) {
        this(
                replicaId,
                maxWaitMs,
                minBytes,
                maxBytes,
                isolationLevel,
                sessionId,
                sessionEpoch,
                topics,
                forgottenTopics,
                rackId,
                clusterId,
                -1);
    }

    /** A read of uncommitted records outside a session. */
    public FetchRequest(int replicaId, int maxWaitMs, int minBytes, int maxBytes, List<Topic> topics) {
        this(replicaId, maxWaitMs, minBytes, maxBytes, (byte) 0, 0, -1, topics, List.of(), "", null);
    }

    /** A follower's read, outside a session. */
    public static FetchRequest ofFollower(
            int replicaId, long replicaEpoch, int maxWaitMs, int minBytes, int maxBytes, List<Topic> topics) {
        return new FetchRequest(
                replicaId, maxWaitMs, minBytes, maxBytes, (byte) 0, 0, -1, topics, List.of(), "", null, replicaEpoch);
    }

    @Override
    public ApiKey api() {
        return ApiKey.FETCH;
    }

    /**
     * The partitions of a topic to read.
     *
     * @param topic the topic
     * @param partitions the partitions
     */
    public record Topic(String topic, List<Partition> partitions) {}

    /**
     * A partition to read.
     *
     * @param partition its index
     * @param currentLeaderEpoch the epoch of its leader as the reader knows it; -1 is not checked (KIP-320)
     * @param fetchOffset the first offset to read, inclusive
     * @param lastFetchedEpoch a follower's epoch of the last record it has, -1 for none (KIP-595)
     * @param logStartOffset a follower's own log start offset; -1 for a consumer
     * @param partitionMaxBytes how many bytes to answer at most; the first batch comes whole all the same
     */
    public record Partition(
            int partition,
            @Since(9) @Default("-1") int currentLeaderEpoch,
            long fetchOffset,
            @Since(12) @Default("-1") int lastFetchedEpoch,
            @Since(5) @Default("-1") long logStartOffset,
            int partitionMaxBytes) {}

    /**
     * Partitions to take out of a session.
     *
     * @param topic the topic
     * @param partitions the indexes of its partitions
     */
    public record ForgottenTopic(String topic, List<Integer> partitions) {}
}
