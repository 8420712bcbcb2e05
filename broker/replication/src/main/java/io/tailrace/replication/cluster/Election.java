package io.tailrace.replication.cluster;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of an election that somebody asked for.
 *
 * @param partition whose leader is to be elected
 * @param error why nobody is elected, {@link ErrorCode#NONE} if somebody is
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
