package io.tailrace.systemtests;

import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatches;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts the records in the log of the only replica of a partition: those of committed transactions, and those outside of any. Looks
 * at no more than the headers of batches, so that what is measured has no reader beside it. Nothing may delete segments meanwhile.
 * Not thread-safe.
 */
final class CommittedRecords {
    private final Path folder;
    /** By producer. */
    private final Map<Long, Long> inOpenTransactions = new HashMap<>();

    private int segment;
    private long position;
    private long committed;

    /** @param folder of the replica */
    CommittedRecords(Path folder) {
        this.folder = folder;
    }

    /** The records that are committed by now. */
    long count() throws IOException {
        List<Path> segments = SegmentFiles.in(folder);
        readOn(segments.get(segment));
        while (segment < segments.size() - 1) {
            segment++;
            position = 0;
            readOn(segments.get(segment));
        }
        return committed;
    }

    private void readOn(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            for (RecordBatch batch :
                    RecordBatches.of(channel.map(MapMode.READ_ONLY, position, channel.size() - position))) {
                add(batch);
                position += batch.sizeInBytes();
            }
        }
    }

    private void add(RecordBatch batch) {
        if (batch.isControl()) {
            Long ended = inOpenTransactions.remove(batch.producerId());
            committed += ended != null && EndTransactionMarker.of(batch).isCommit() ? ended : 0;
        } else if (batch.isTransactional()) {
            inOpenTransactions.merge(batch.producerId(), (long) batch.recordCount(), Long::sum);
        } else {
            committed += batch.recordCount();
        }
    }
}
