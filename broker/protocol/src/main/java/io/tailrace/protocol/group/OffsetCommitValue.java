package io.tailrace.protocol.group;

import io.tailrace.protocol.message.Default;
import io.tailrace.protocol.message.Since;
import io.tailrace.protocol.message.Tagged;
import io.tailrace.protocol.message.Until;
import java.util.UUID;

/**
 * A committed offset.
 *
 * @param offset the offset (exclusive: the next to read)
 * @param leaderEpoch the leader epoch of the last record read; -1 if not known
 * @param metadata the consumer's own data; empty for none
 * @param commitTimestamp when it was committed, in ms since 1970
 * @param expireTimestamp when it expires, in ms since 1970, if the commit said so; else -1
 * @param topicId the topic's id; zeros if not known
 */
public record OffsetCommitValue(
        long offset,
        @Since(3) @Default("-1") int leaderEpoch,
        String metadata,
        long commitTimestamp,
        @Since(1) @Until(1) @Default("-1") long expireTimestamp,
        @Since(4) @Tagged(0) UUID topicId)
        implements GroupRecordValue {
    @Override
    public short type() {
        return 1;
    }

    /** Version 1 if it has a time of expiry, which no other version has; else 3, which tools other than Kafka read. */
    @Override
    public short writtenVersion() {
        return (short) (expireTimestamp == -1 ? 3 : 1);
    }
}
