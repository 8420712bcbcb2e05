package io.tailrace.log;

import io.tailrace.protocol.EpochStart;
import io.tailrace.protocol.record.RecordBatch;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * The batches that compaction keeps even without records. By a producer's last batch duplicates and gaps are recognized. By the
 * first batch of a leader epoch, a follower that copies the log learns where the epoch begins, and truncates correctly.
 *
 * @param lastOffsets the last offset of each idempotent producer that the log remembers
 * @param epochStarts the start of each leader epoch
 */
record LastingBatches(Map<Long, Long> lastOffsets, NavigableSet<Long> epochStarts) {
    /** Those of a log now. Whatever is appended later is not in what a pass covers. */
    static LastingBatches of(Log log) throws IOException {
        Map<Long, Long> lastOffsets = new HashMap<>();
        log.withoutAppends(() -> {
            for (ProducerEntry producer : log.state().producers().entries()) {
                ProducerBatchMetadata last = producer.lastBatch();
                if (last != null) {
                    lastOffsets.put(producer.producerId(), last.lastOffset());
                }
            }
        });
        NavigableSet<Long> epochStarts = new TreeSet<>();
        for (EpochStart start : log.epochs().starts()) {
            epochStarts.add(start.startOffset());
        }
        return new LastingBatches(lastOffsets, epochStarts);
    }

    boolean contains(RecordBatch batch) {
        Long lastOffset = batch.hasProducerId() ? lastOffsets.get(batch.producerId()) : null;
        Long epochStart = epochStarts.ceiling(batch.baseOffset());
        return (lastOffset != null && lastOffset == batch.lastOffset())
                || (epochStart != null && epochStart <= batch.lastOffset());
    }
}
