package io.tailrace.log;

import io.tailrace.protocol.LeaderEpochs;
import io.tailrace.protocol.record.EndTransactionMarker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    /** A state and the leader epochs that belong to it. */
    record Restored(LogState state, LeaderEpochs epochs) {}

    /**
     * Restores the derived state up to the log end offset: producers from the latest usable snapshot, and both from the
     * headers that snapshot and epoch file do not cover. Snapshots beyond the log end are removed. Indexes of aborted transactions
     * are rebuilt from where the snapshot ends.
     *
     * @param known the leader epochs below {@code epochsFrom}
     * @param epochsFrom the offset from which leader epochs are read from the batches
     * @param restored gets the producers; empty. Readers use those of this state until the new one takes its place
     * @return the state with the restored producers, and the leader epochs up to the log end offset
     */
    Restored restore(
            LeaderEpochs known,
            long epochsFrom,
            long logStartOffset,
            long logEndOffset,
            ProducerStates restored,
            long nowMs)
            throws IOException {
        LeaderEpochs epochs = known;
        long producersFrom = Math.max(logStartOffset, restoreSnapshot(restored, logEndOffset));
        long from = Math.min(epochsFrom, producersFrom);
        for (Segment segment : segments.from(from)) {
            segment.transactions().truncate(producersFrom);
            int position = segment.positionOf(from, segment.sizeInBytes());
            BatchScan scan = BatchScan.headers(segment.channel(), position, segment.sizeInBytes());
            while (scan.next()) {
                if (scan.lastOffset() >= epochsFrom) {
                    epochs = with(epochs, scan.leaderEpoch(), scan.baseOffset());
                }
                if (scan.lastOffset() >= producersFrom) {
                    replay(scan, segment, restored, nowMs);
                }
            }
            scan.ensureSound(segment.file());
        }
        LogState state = new LogState(directory, segments, history, chainFile, epochFile, restored);
        return new Restored(state, epochs);
    }

    private static void replay(BatchScan scan, Segment segment, ProducerStates producers, long nowMs)
            throws IOException {
        ProducerBatchMetadata batch = scan.producerBatch();
        if (batch != null) {
            producers.add(batch, scan.isTransactional(), nowMs);
            return;
        }
        EndTransactionMarker marker = scan.marker(segment.file());
        AbortedTransaction aborted = marker == null ? null : producers.end(marker, scan.baseOffset(), nowMs);
        if (aborted != null) {
            segment.transactions().append(aborted);
        }
    }

    /** A batch on disk cannot be refused: if its epoch is not later than the latest one, it changes nothing. */
    private static LeaderEpochs with(LeaderEpochs epochs, int epoch, long baseOffset) {
        return epoch > epochs.latest() ? epochs.truncate(baseOffset).append(epoch, baseOffset) : epochs;
    }

    private long restoreSnapshot(ProducerStates restored, long logEndOffset) throws IOException {
        List<Path> snapshots = snapshots(directory);
        for (int i = snapshots.size() - 1; i >= 0; i--) {
            Path snapshot = snapshots.get(i);
            long offset = LogFiles.offsetOf(snapshot);
            Optional<ProducerSnapshot> content =
                    offset <= logEndOffset ? ProducerSnapshot.read(snapshot) : Optional.empty();
            if (content.isPresent()) {
                restored.restore(content.get());
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
