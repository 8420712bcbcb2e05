package io.tailrace.log;

import io.tailrace.protocol.record.RecordBatch;

/**
 * The metadata of an idempotent producer's batch (KIP-98).
 *
 * @param producerId the producer
 * @param producerEpoch its epoch
 * @param firstSequence sequence number of the first record
 * @param lastSequence sequence number of the last record, inclusive
 * @param lastOffset offset of the last record, inclusive
 * @param offsetDelta last offset less first
 */
record ProducerBatchMetadata(
        long producerId, short producerEpoch, int firstSequence, int lastSequence, long lastOffset, int offsetDelta) {
    static ProducerBatchMetadata of(RecordBatch batch) {
        return new ProducerBatchMetadata(
                batch.producerId(),
                batch.producerEpoch(),
                batch.baseSequence(),
                batch.lastSequence(),
                batch.lastOffset(),
                batch.lastOffsetDelta());
    }

    long baseOffset() {
        return lastOffset - offsetDelta;
    }

    boolean hasSequences(int first, int last) {
        return firstSequence == first && lastSequence == last;
    }
}
