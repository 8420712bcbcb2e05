package io.tailrace.log;

import io.tailrace.protocol.LeaderEpochs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A log's segments, and the state derived from the headers of their batches. Guarded by the append lock.
 *
 * @param directory the partition's directory
 * @param segments the batches
 * @param history how far the log is compacted
 * @param chainFile stores the closed segments and the history
 * @param epochFile stores the start of each leader epoch
 * @param producers the idempotent producers
 */
record LogState(
        Path directory,
        SegmentList segments,
        CompactionHistory history,
        SegmentChainFile chainFile,
        LeaderEpochFile epochFile,
        ProducerStates producers) {
    /**
     * Restores the derived state up to the log end offset: producers from the latest usable snapshot, and both from the
     * headers that snapshot and epoch file do not cover. Snapshots beyond the log end are removed.
     *
     * @param known the leader epochs below {@code epochsFrom}
     * @param epochsFrom the offset from which leader epochs are read from the batches
     * @return the leader epochs up to the log end offset
     */
    LeaderEpochs restore(LeaderEpochs known, long epochsFrom, long logStartOffset, long logEndOffset, long nowMs)
            throws IOException {
        LeaderEpochs epochs = known;
        producers.clear();
        long producersFrom = Math.max(logStartOffset, restoreSnapshot(logEndOffset));
        long from = Math.min(epochsFrom, producersFrom);
        for (Segment segment : segments.from(from)) {
            int position = segment.positionOf(from, segment.sizeInBytes());
            BatchScan scan = BatchScan.headers(segment.channel(), position, segment.sizeInBytes());
            while (scan.next()) {
                if (scan.lastOffset() >= epochsFrom) {
                    epochs = with(epochs, scan.leaderEpoch(), scan.baseOffset());
                }
                ProducerBatchMetadata batch = scan.producerBatch();
                if (batch != null && batch.lastOffset() >= producersFrom) {
                    producers.add(batch, nowMs);
                }
            }
            scan.ensureSound(segment.file());
        }
        return epochs;
    }

    /** A batch on disk cannot be refused: if its epoch is not later than the latest one, it changes nothing. */
    private static LeaderEpochs with(LeaderEpochs epochs, int epoch, long baseOffset) {
        return epoch > epochs.latest() ? epochs.truncate(baseOffset).append(epoch, baseOffset) : epochs;
    }

    private long restoreSnapshot(long logEndOffset) throws IOException {
        List<Path> snapshots = snapshots(directory);
        for (int i = snapshots.size() - 1; i >= 0; i--) {
            Path snapshot = snapshots.get(i);
            long offset = LogFiles.offsetOf(snapshot);
            Optional<Collection<ProducerEntry>> entries =
                    offset <= logEndOffset ? ProducerSnapshot.read(snapshot) : Optional.empty();
            if (entries.isPresent()) {
                producers.restore(entries.get());
                return offset;
            }
            Files.deleteIfExists(snapshot);
        }
        return 0;
    }

    /** The snapshots in a partition's directory, oldest first. */
    static List<Path> snapshots(Path directory) throws IOException {
        return LogFiles.list(directory).stream()
                .filter(file -> LogFiles.hasOffsetName(file, LogFiles.SNAPSHOT))
                .toList();
    }

    /** A copy with other segments. */
    LogState with(SegmentList others) {
        return new LogState(directory, others, history, chainFile, epochFile, producers);
    }

    /** A copy with another history. */
    LogState with(CompactionHistory other) {
        return new LogState(directory, segments, other, chainFile, epochFile, producers);
    }

    /** The closed segments below an offset that is forced. */
    SegmentChain chain(long forcedOffset) {
        return SegmentChain.of(segments, forcedOffset, history);
    }
}
