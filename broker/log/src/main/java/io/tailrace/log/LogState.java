package io.tailrace.log;

import io.tailrace.protocol.LeaderEpochs;
import io.tailrace.protocol.record.EndTransactionMarker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
     * The log whose derived state is restored.
     *
     * @param startOffset first readable offset
     * @param endOffset exclusive
     * @param producersMax how many producers are remembered
     * @param isLoaded whether it was just loaded, so that its indexes of aborted transactions may lack entries
     */
    record Span(long startOffset, long endOffset, int producersMax, boolean isLoaded) {}

    /** A state and the leader epochs that belong to it. */
    record Restored(LogState state, LeaderEpochs epochs) {}

    /**
     * Restores the derived state up to the log end offset: producers from the latest usable snapshot, and both from the
     * headers that snapshot and epoch file do not cover. Snapshots beyond the log end are removed. Indexes of aborted transactions
     * are rebuilt from where the snapshot ends.
     *
     * @param known the leader epochs below {@code epochsFrom}
     * @param epochsFrom the offset from which leader epochs are read from the batches
     * @param span the log after the load or truncation
     * @param nowMs when producers count as seen
     * @return the state with new producers, and the leader epochs up to the log end offset. Readers use the producers of this
     *     state until the new one takes its place
     */
    Restored restore(LeaderEpochs known, long epochsFrom, Span span, long nowMs) throws IOException {
        LeaderEpochs epochs = known;
        ProducerStates restored = new ProducerStates(span.producersMax);
        long logStartOffset = span.startOffset;
        long producersFrom = Math.max(logStartOffset, restoreSnapshot(restored, span.endOffset));
        long from = Math.min(epochsFrom, producersFrom);
        for (Segment segment : segments.from(from)) {
            if (span.isLoaded) {
                segment.transactions().truncate(producersFrom);
            }
            int position = segment.positionOf(from, segment.sizeInBytes());
            BatchScan scan = BatchScan.headers(segment.channel(), position, segment.sizeInBytes());
            while (scan.next()) {
                if (scan.lastOffset() >= epochsFrom) {
                    epochs = with(epochs, scan.leaderEpoch(), scan.baseOffset());
                }
                if (scan.lastOffset() >= producersFrom) {
                    AbortedTransaction aborted = replay(scan, segment, restored, nowMs);
                    if (aborted != null && span.isLoaded) {
                        segment.transactions().append(aborted);
                    }
                }
            }
            scan.ensureSound(segment.file());
        }
        LogState state = new LogState(directory, segments, history, chainFile, epochFile, restored);
        return new Restored(state, epochs);
    }

    private static @Nullable AbortedTransaction replay(
            BatchScan scan, Segment segment, ProducerStates producers, long nowMs) throws IOException {
        ProducerBatchMetadata batch = scan.producerBatch();
        if (batch != null) {
            producers.add(batch, scan.isTransactional(), nowMs);
            return null;
        }
        EndTransactionMarker marker = scan.marker(segment.file());
        return marker == null ? null : producers.end(marker, scan.baseOffset(), nowMs);
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
