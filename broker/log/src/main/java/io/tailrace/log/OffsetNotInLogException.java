package io.tailrace.log;

import io.tailrace.protocol.TopicPartition;

/** An offset below the log's start or above its end. Has no stack trace, since clients cause it. */
public final class OffsetNotInLogException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OffsetNotInLogException(TopicPartition partition, long offset, long logStartOffset, long logEndOffset) {
        super(
                "offset %d is not in the log of %s: expected %d to %d"
                        .formatted(offset, partition, logStartOffset, logEndOffset),
                null,
                false,
                false);
    }
}
