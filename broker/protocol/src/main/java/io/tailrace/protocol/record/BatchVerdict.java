package io.tailrace.protocol.record;

import io.tailrace.protocol.ErrorCode;

/** What {@link BatchValidator} found. */
public sealed interface BatchVerdict {

    /**
     * The batch may be appended.
     *
     * @param recordCount records in it, at least 1
     * @param maxTimestampMs the greatest timestamp of its records, or {@link RecordBatch#NO_TIMESTAMP}
     * @param maxTimestampOffsetDelta the first record that has it, counted from the base offset
     */
    record Valid(int recordCount, long maxTimestampMs, int maxTimestampOffsetDelta) implements BatchVerdict {}

    /**
     * The batch is refused whole.
     *
     * @param error what its producer is told
     * @param message what does not hold, with expected and actual
     * @param recordIndex the record that is to blame, from 0, or -1 for the batch as such
     */
    record Invalid(ErrorCode error, String message, int recordIndex) implements BatchVerdict {}
}
