package io.tailrace.log;

import io.tailrace.protocol.LeaderEpochs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Truncates a follower's log where it diverges from its leader's. The caller makes sure that no append and no sync runs.
 *
 * <p>Before anything is cut, the recovery point is lowered and the chain of segments shortened on disk, because a log that ends
 * below its recovery point counts as damaged, and so does a listed segment that has changed.
 */
final class LogTruncation {
    private final Log log;
    private final LogContext context;
    private final OptimisticReadLock readers;

    LogTruncation(Log log, LogContext context, OptimisticReadLock readers) {
        this.log = log;
        this.context = context;
        this.readers = readers;
    }

    void truncateTo(long offset, long nowMs) throws IOException {
        orAbandon(() -> dropFrom(offset, nowMs));
    }

    void truncateFullyAndStartAt(long offset, long nowMs) throws IOException {
        orAbandon(() -> dropAll(offset, nowMs));
    }

    /** A half-truncated log is not used again before the next start, which loads whatever the files contain. */
    private void orAbandon(ThrowingRunnable<IOException> truncation) throws IOException {
        try {
            truncation.run();
        } catch (IOException | RuntimeException e) {
            log.abandon();
            throw e;
        }
    }

    private void dropFrom(long offset, long nowMs) throws IOException {
        SegmentList segments = log.state().segments();
        if (offset <= segments.first().baseOffset()) {
            dropAll(offset, nowMs);
            return;
        }
        Segment last = segments.floor(offset - 1);
        List<Segment> dropped = segments.all().stream()
                .filter(segment -> segment.baseOffset() > last.baseOffset())
                .toList();
        int position = last.positionOf(offset, last.sizeInBytes());
        long endOffset = last.nextOffsetBefore(offset, position);
        long startOffset = Math.min(log.logStartOffset(), endOffset);
        boolean isStartLowered = startOffset < log.logStartOffset();
        log.flusher().lowerRecoveryPoint(endOffset);
        log.state().chainFile().truncate(last.baseOffset(), endOffset);
        List<Path> files = new ArrayList<>();
        readers.change(() -> {
            markDeleted(dropped, files);
            last.truncate(position, endOffset);
            log.truncated(segments.withoutLast(dropped.size()), startOffset, endOffset);
        });
        context.trash().add(files, nowMs + log.config().fileDeleteDelayMs());
        dropped.forEach(Segment::release);
        finish(log.epochs().truncate(endOffset), isStartLowered, nowMs);
    }

    private void dropAll(long offset, long nowMs) throws IOException {
        List<Segment> dropped = log.state().segments().all();
        boolean isStartLowered = offset < log.logStartOffset();
        log.flusher().lowerRecoveryPoint(Math.min(offset, dropped.get(0).baseOffset()));
        log.state().chainFile().truncate(0, 0);
        List<Path> files = new ArrayList<>();
        readers.change(() -> {
            markDeleted(dropped, files);
            Segment fresh = Segment.create(context.disk(), log.state().directory(), offset, nowMs);
            log.truncated(new SegmentList(List.of(fresh)), offset, offset);
        });
        context.trash().add(files, nowMs + log.config().fileDeleteDelayMs());
        dropped.forEach(Segment::release);
        for (Path snapshot : LogState.snapshots(log.state().directory())) {
            Files.deleteIfExists(snapshot);
        }
        finish(LeaderEpochs.EMPTY, isStartLowered, nowMs);
    }

    /** Drops the epochs that start at or after an offset, even if no record is dropped. */
    void truncateEpochs(long offset) throws IOException {
        log.replaceEpochs(log.epochs().truncate(offset));
        log.state().epochFile().writeOrRemove(log.epochs());
    }

    /** An old log start offset on disk would make the next start drop the records that are appended below it. */
    private void finish(LeaderEpochs epochs, boolean isStartLowered, long nowMs) throws IOException {
        if (isStartLowered) {
            context.checkpoints().writeLowered();
        }
        long endOffset = log.logEndOffset();
        LogState.Span span = new LogState.Span(
                log.logStartOffset(), endOffset, context.config().producerIdsMax(), false);
        LogState.Restored restored = log.state().restore(epochs, endOffset, span, nowMs);
        log.replaceState(restored.state());
        log.replaceEpochs(restored.epochs());
        log.state().epochFile().writeOrRemove(log.epochs());
        context.disk().syncDirectory(log.state().directory());
    }

    /** Newest first, so that a failure on the way leaves no gap. */
    private static void markDeleted(List<Segment> segments, List<Path> renamed) throws IOException {
        for (int i = segments.size() - 1; i >= 0; i--) {
            renamed.addAll(segments.get(i).markDeleted());
        }
    }
}
