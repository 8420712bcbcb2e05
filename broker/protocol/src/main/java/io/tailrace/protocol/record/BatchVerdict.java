package io.tailrace.protocol.record;

import io.tailrace.protocol.ErrorCode;

/** The result of {@link BatchValidator}. */
public sealed interface BatchVerdict {

    /**
     * The batch may be appended.
     *
     * @param recordCount number of records, at least 1
     * @param maxTimestampMs the largest timestamp of its records, or {@link RecordBatch#NO_TIMESTAMP}
     * @param maxTimestampOffsetDelta the offset of the first record with that timestamp, less the base offset
     */
    record Valid(int recordCount, long maxTimestampMs, int maxTimestampOffsetDelta) implements BatchVerdict {}

    /**
     * The batch is refused.
     *
     * @param error the error for the producer
     * @param message the fault, with what was expected and found
     * @param recordIndex the index of the faulty record, from 0, or -1 for a fault of the batch
     */
    record Invalid(ErrorCode error, String message, int recordIndex) implements BatchVerdict {}
}
