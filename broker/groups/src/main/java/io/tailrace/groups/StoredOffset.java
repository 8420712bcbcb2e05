package io.tailrace.groups;

import java.util.Optional;
import java.util.UUID;

/**
 * The committed offset of a group for a partition.
 *
 * @param offset exclusive: the next offset to read
 * @param leaderEpoch the leader epoch of the last record read; -1 if not known
 * @param metadata the consumer's own data; empty for none
 * @param committedAtMs when it was committed, in ms since 1970
 * @param expiresAtMs when it expires, in ms since 1970, if the commit named a time; -1 if the broker's setting decides
 * @param topicId the topic that had the name when the offset was committed or loaded; {@link #UNKNOWN_TOPIC} or
 *     {@link #DELETED_TOPIC} if there was none. Not stored
 * @param recordOffset the offset of its record in the shard's log. Of two records, the one with the greater offset counts
 */
public record StoredOffset(
        long offset,
        int leaderEpoch,
        String metadata,
        long committedAtMs,
        long expiresAtMs,
        UUID topicId,
        long recordOffset) {
    /** The id of a topic that could not be read. */
    public static final UUID UNKNOWN_TOPIC = new UUID(0, 0);

    /** The id of a topic that no longer existed. */
    public static final UUID DELETED_TOPIC = new UUID(0, 1);

    /** Whether its topic has been deleted, even if there is another one of this name now. */
    public boolean isOfDeletedTopic(String name, ClusterSnapshot cluster) {
        return cluster.topic(name).isPresent() ? isOfFormerTopic(name, cluster) : !cluster.mayExist(name);
    }

    /** Whether its topic has been deleted and there is another one of this name now. */
    public boolean isOfFormerTopic(String name, ClusterSnapshot cluster) {
        Optional<UUID> current = cluster.topic(name).map(ClusterSnapshot.Topic::id);
        return current.isPresent() && !topicId.equals(UNKNOWN_TOPIC) && !topicId.equals(current.get());
    }
}
