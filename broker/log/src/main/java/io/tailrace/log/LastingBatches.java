package io.tailrace.log;

import io.tailrace.protocol.EpochStart;
import io.tailrace.protocol.record.RecordBatch;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * The batches that compaction keeps even without records. A producer's last batch is needed to recognize duplicates and gaps. The
 * first batch of a leader epoch shows a follower that copies the log where the epoch begins, so that it truncates correctly.
 *
 * @param lastOffsets the last offset of each idempotent producer that the log remembers
 * @param epochStarts the start of each leader epoch
 */
record LastingBatches(Map<Long, Long> lastOffsets, NavigableSet<Long> epochStarts) {
    /** The current ones of a log. A pass does not cover anything that is appended later. */
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
