package io.tailrace.log;

import io.tailrace.protocol.record.RecordBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Which batches of a part of a log belong to aborted transactions, so that compaction removes their records. */
final class AbortedRecords {
    /** By producer: the marker's offset of each aborted transaction, by first offset. */
    private final Map<Long, NavigableMap<Long, Long>> transactions = new HashMap<>();

    private AbortedRecords() {}

    /**
     * Those below an offset. Their markers may lie above it.
     *
     * @param endOffset exclusive, at most the last stable offset
     */
    static AbortedRecords below(long endOffset, Log log) throws IOException {
        List<AbortedTransaction> all = new ArrayList<>();
        for (Segment segment : log.state().segments().all()) {
            if (!segment.retain()) {
                throw new CompactionStoppedException("the log was closed, or a segment deleted");
            }
            try {
                if (segment.transactions().collect(0, endOffset, all)) {
                    break;
                }
            } finally {
                segment.release();
            }
        }
        AbortedRecords aborted = new AbortedRecords();
        for (AbortedTransaction each : all) {
            aborted.transactions
                    .computeIfAbsent(each.producerId(), producer -> new TreeMap<>())
                    .put(each.firstOffset(), each.markerOffset());
        }
        return aborted;
    }

    boolean contains(RecordBatch batch) {
        if (!batch.isTransactional() || batch.isControl()) {
            return false;
        }
        NavigableMap<Long, Long> ofProducer = transactions.get(batch.producerId());
        Map.Entry<Long, Long> transaction = ofProducer == null ? null : ofProducer.floorEntry(batch.baseOffset());
        return transaction != null && batch.baseOffset() < transaction.getValue();
    }
}
