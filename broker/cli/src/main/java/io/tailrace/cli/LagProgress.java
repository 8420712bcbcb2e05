package io.tailrace.cli;

import io.tailrace.client.PartitionOffset;
import io.tailrace.protocol.ErrorCode;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The offsets of a group in a partition.
 *
 * @param current the committed offset; null if nothing is committed
 * @param start the first offset of the log
 * @param end the high watermark
 */
record LagProgress(@Nullable Long current, PartitionOffset start, PartitionOffset end) {
    long firstUnread() {
        long first = start.offset().orElse(0);
        return current == null ? first : Math.max(first, current);
    }

    /** Counts all records if nothing is committed. */
    OptionalLong lag() {
        if (end.offset().isEmpty() || start.offset().isEmpty()) {
            return OptionalLong.empty();
        }
        long from = current == null ? start.offset().getAsLong() : current;
        return OptionalLong.of(Math.max(0, end.offset().getAsLong() - from));
    }

    boolean hasLag() {
        return lag().orElse(0) > 0;
    }

    /** Whether the partition should have answered and did not, or cannot have had the committed offset. */
    boolean isFaulty() {
        return lag().isEmpty() ? end.error() != ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : isBeyondEnd();
    }

    private boolean isBeyondEnd() {
        return current != null && current > end.offset().orElse(Long.MAX_VALUE);
    }

    /** What the numbers do not say, or why one is missing; empty for nothing. */
    String reason() {
        if (end.error() == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
            return "partition does not exist";
        }
        if (lag().isEmpty()) {
            ErrorCode error = end.error() == ErrorCode.NONE ? start.error() : end.error();
            return error == ErrorCode.LEADER_NOT_AVAILABLE ? "no leader" : "no answer: " + error;
        }
        long first = start.offset().getAsLong();
        if (current == null) {
            return "no committed offset";
        }
        if (current < first) {
            return (first - current) + " records were deleted before they were read";
        }
        return isBeyondEnd() ? "the committed offset is beyond the log's end" : "";
    }
}
