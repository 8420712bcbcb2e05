package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;

/**
 * A position is not in its log: retention has deleted it, or it lies beyond the end. The consumer keeps the position
 * until {@link Consumer#seek}.
 */
public final class OffsetOutOfRangeException extends ClientException {
    private static final long serialVersionUID = 1L;

    private final String topic;
    private final int partition;
    private final long position;
    private final long logStartOffset;
    private final long highWatermark;

    OffsetOutOfRangeException(TopicPartition topicPartition, long position, long logStartOffset, long highWatermark) {
        super(
                ErrorCode.OFFSET_OUT_OF_RANGE,
                topicPartition + ": position " + position + " is not in the log, which holds offsets " + logStartOffset
                        + " to " + highWatermark + " (exclusive); seek to one of them, or set auto.offset.reset");
        this.topic = topicPartition.topic();
        this.partition = topicPartition.partition();
        this.position = position;
        this.logStartOffset = logStartOffset;
        this.highWatermark = highWatermark;
    }

    /** The partition. */
    public TopicPartition topicPartition() {
        return new TopicPartition(topic, partition);
    }

    /** The position that is not in the log. */
    public long position() {
        return position;
    }

    /** First offset that can be read (inclusive). */
    public long logStartOffset() {
        return logStartOffset;
    }

    /** End of the offsets that can be read (exclusive). */
    public long highWatermark() {
        return highWatermark;
    }
}
