package io.tailrace.replication.cluster;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a requested election.
 *
 * @param partition the partition that needs a leader
 * @param error why no leader is elected, {@link ErrorCode#NONE} if one is
 * @param writeOrNull the election, null if there is an error
 */
public record Election(
        TopicPartition partition, ErrorCode error, @Nullable StateWrite writeOrNull) {
    /** The election, if there is one. */
    public Optional<StateWrite> write() {
        return Optional.ofNullable(writeOrNull);
    }

    static Election refused(TopicPartition partition, ErrorCode error) {
        return new Election(partition, error, null);
    }

    static Election of(TopicPartition partition, PartitionState next) {
        return new Election(partition, ErrorCode.NONE, new StateWrite(partition, next));
    }
}
