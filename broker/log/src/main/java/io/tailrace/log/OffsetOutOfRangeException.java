package io.tailrace.log;

import io.tailrace.protocol.TopicPartition;

/** An offset that the log does not hold: below its start, or above its end. Carries no stack trace: clients cause it. */
public final class OffsetOutOfRangeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OffsetOutOfRangeException(TopicPartition partition, long offset, long logStartOffset, long logEndOffset) {
        super(
                "offset %d is not in %s, which holds %d to %d"
                        .formatted(offset, partition, logStartOffset, logEndOffset),
                null,
                false,
                false);
    }
}
