package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads record batches, as a consumer or as a follower. From version {@value #FIRST_WITH_TOPIC_IDS} on, topics are named by id
 * (KIP-516). {@link #replica} returns the reader in any version.
 *
 * @param replicaId the follower's broker id; -1 for a consumer, and from version 15 on
 * @param maxWaitMs how long the broker may wait for {@code minBytes}
 * @param minBytes the least number of bytes to return, if they arrive in time
 * @param maxBytes the most bytes to return; exceeded if the first batch is larger
 * @param isolationLevel 0 reads up to the high watermark, {@value #READ_COMMITTED} only committed transactions (KIP-98)
 * @param sessionId the fetch session (KIP-227), 0 for none
 * @param sessionEpoch the session's epoch: 0 to create a session, -1 for none
 * @param topics the partitions to read; within a session, those that changed
 * @param forgottenTopics partitions to remove from the session
 * @param rackId the consumer's rack, empty for none (KIP-392)
 * @param clusterId the cluster the broker must belong to; null for any
 * @param replicaEpoch the follower's broker epoch, -1 for a consumer. Our own tag: Apache Kafka has the field only in a
 *     version that needs topic ids (KIP-903), and ignores unknown tags
 * @param replicaState the follower from version 15 on, or {@link ReplicaState#CONSUMER}
 */
public record FetchRequest(
        @Until(14) @Default("-1") int replicaId,
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
        @Since(12) @Until(14) @Tagged(10_000) @Default("-1") long replicaEpoch,
        @Since(15) @Tagged(1) ReplicaState replicaState)
        implements Request<FetchResponse> {
    /** {@link #replicaId} of a consumer. */
    public static final int CONSUMER = -1;

    /** {@link #isolationLevel} of a reader of committed transactions. */
    public static final byte READ_COMMITTED = 1;

    /** From this version on, requests and answers name topics by id. */
    public static final int FIRST_WITH_TOPIC_IDS = 13;

    /** A read without a broker epoch. */
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
                -1,
                ReplicaState.CONSUMER);
    }

    /** A read up to the high watermark, outside a session. */
    public FetchRequest(int replicaId, int maxWaitMs, int minBytes, int maxBytes, List<Topic> topics) {
        this(replicaId, maxWaitMs, minBytes, maxBytes, (byte) 0, 0, -1, topics, List.of(), "", null);
    }

    /** A follower's read, outside a session. */
    public static FetchRequest ofFollower(
            int replicaId, long replicaEpoch, int maxWaitMs, int minBytes, int maxBytes, List<Topic> topics) {
        return new FetchRequest(
                replicaId,
                maxWaitMs,
                minBytes,
                maxBytes,
                (byte) 0,
                0,
                -1,
                topics,
                List.of(),
                "",
                null,
                replicaEpoch,
                ReplicaState.CONSUMER);
    }

    /** The same read, of these partitions. */
    public FetchRequest ofTopics(List<Topic> others) {
        return new FetchRequest(
                replicaId,
                maxWaitMs,
                minBytes,
                maxBytes,
                isolationLevel,
                sessionId,
                sessionEpoch,
                others,
                forgottenTopics,
                rackId,
                clusterId,
                replicaEpoch,
                replicaState);
    }

    /** The same read, at an isolation level. */
    public FetchRequest isolated(byte level) {
        return new FetchRequest(
                replicaId,
                maxWaitMs,
                minBytes,
                maxBytes,
                level,
                sessionId,
                sessionEpoch,
                topics,
                forgottenTopics,
                rackId,
                clusterId,
                replicaEpoch,
                replicaState);
    }

    /**
     * The same read in a session.
     *
     * @param id 0 if there is none yet
     * @param epoch 0 to create a session
     * @param forgotten partitions to remove from the session
     */
    public FetchRequest inSession(int id, int epoch, List<ForgottenTopic> forgotten) {
        return new FetchRequest(
                replicaId,
                maxWaitMs,
                minBytes,
                maxBytes,
                isolationLevel,
                id,
                epoch,
                topics,
                forgotten,
                rackId,
                clusterId,
                replicaEpoch,
                replicaState);
    }

    /** The same read by a consumer in this rack, empty for none. */
    public FetchRequest inRack(String rack) {
        return new FetchRequest(
                replicaId,
                maxWaitMs,
                minBytes,
                maxBytes,
                isolationLevel,
                sessionId,
                sessionEpoch,
                topics,
                forgottenTopics,
                rack,
                clusterId,
                replicaEpoch,
                replicaState);
    }

    @Override
    public ApiKey api() {
        return ApiKey.FETCH;
    }

    /** Our clients and followers name topics by name. */
    @Override
    public short sentVersionMax() {
        return FIRST_WITH_TOPIC_IDS - 1;
    }

    /** The reader, from whichever fields the request's version has. */
    public ReplicaState replica() {
        return replicaId == CONSUMER ? replicaState : new ReplicaState(replicaId, replicaEpoch);
    }

    /**
     * The reader (KIP-903).
     *
     * @param replicaId the follower's broker id; -1 for a consumer
     * @param replicaEpoch the follower's broker epoch; -1 for a consumer
     */
    public record ReplicaState(
            @Default("-1") int replicaId, @Default("-1") long replicaEpoch) {
        /** A consumer. */
        public static final ReplicaState CONSUMER = new ReplicaState(-1, -1);
    }

    /**
     * The partitions of a topic to read.
     *
     * @param topic the topic's name, empty if it is named by id
     * @param topicId the topic's id, all zeros if it is named by name
     * @param partitions the partitions
     */
    public record Topic(@Until(12) String topic, @Since(13) UUID topicId, List<Partition> partitions) {
        /** Partitions of a topic that is named by name. */
        public Topic(String topic, List<Partition> partitions) {
            this(topic, new UUID(0, 0), partitions);
        }
    }

    /**
     * A partition to read.
     *
     * @param partition its index
     * @param currentLeaderEpoch the epoch of its leader as the sender knows it; -1 is not checked (KIP-320)
     * @param fetchOffset the first offset to read, inclusive
     * @param lastFetchedEpoch the leader epoch of the follower's last record, -1 for none (KIP-595)
     * @param logStartOffset the follower's log start offset; -1 for a consumer
     * @param partitionMaxBytes the most bytes to return; exceeded if the first batch of the response is larger
     * @param replicaDirectoryId the follower's log directory (KIP-853); all zeros for none. Used only for Apache Kafka's metadata
     *     log
     * @param highWatermark the follower's high watermark (KIP-1166); {@link Long#MAX_VALUE} if it is not sent. Used only for Apache
     *     Kafka's metadata log
     */
    public record Partition(
            int partition,
            @Since(9) @Default("-1") int currentLeaderEpoch,
            long fetchOffset,
            @Since(12) @Default("-1") int lastFetchedEpoch,
            @Since(5) @Default("-1") long logStartOffset,
            int partitionMaxBytes,
            @Since(17) @Tagged(0) UUID replicaDirectoryId,

            @Since(18) @Tagged(1) @Default("9223372036854775807")
            long highWatermark) {
        private static final UUID NO_DIRECTORY = new UUID(0, 0);

        /** A partition outside Apache Kafka's metadata log. */
        public Partition(
                int partition,
                int currentLeaderEpoch,
                long fetchOffset,
                int lastFetchedEpoch,
                long logStartOffset,
                int partitionMaxBytes) {
            this(
                    partition,
                    currentLeaderEpoch,
                    fetchOffset,
                    lastFetchedEpoch,
                    logStartOffset,
                    partitionMaxBytes,
                    NO_DIRECTORY,
                    Long.MAX_VALUE);
        }
    }

    /**
     * Partitions to remove from a session.
     *
     * @param topic the topic's name, empty if it is named by id
     * @param topicId the topic's id, all zeros if it is named by name
     * @param partitions the indexes of its partitions
     */
    public record ForgottenTopic(
            @Until(12) String topic, @Since(13) UUID topicId, List<Integer> partitions) {
        /** Partitions of a topic that is named by name. */
        public ForgottenTopic(String topic, List<Integer> partitions) {
            this(topic, new UUID(0, 0), partitions);
        }
    }
}
