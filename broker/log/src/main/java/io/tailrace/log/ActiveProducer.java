package io.tailrace.log;

/**
 * An idempotent producer as a log knows it.
 *
 * @param producerId its id
 * @param epoch its epoch
 * @param lastSequence the sequence number of its last record; -1 if only a marker is known in this epoch
 * @param lastSeenMs when it last wrote
 * @param coordinatorEpoch the coordinator's epoch in its last marker; -1 for none
 * @param transactionFrom the first offset of its open transaction; -1 for none
 */
public record ActiveProducer(
        long producerId, short epoch, int lastSequence, long lastSeenMs, int coordinatorEpoch, long transactionFrom) {
    static ActiveProducer of(ProducerEntry entry) {
        ProducerBatchMetadata last = entry.lastBatch();
        return new ActiveProducer(
                entry.producerId(),
                entry.epoch(),
                last == null ? -1 : last.lastSequence(),
                entry.lastSeenMs(),
                entry.coordinatorEpoch(),
                entry.transactionFrom());
    }
}
