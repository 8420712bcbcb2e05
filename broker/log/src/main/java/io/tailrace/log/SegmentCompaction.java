package io.tailrace.log;

import io.tailrace.protocol.record.BatchFilter;
import io.tailrace.protocol.record.CorruptBatchException;
import io.tailrace.protocol.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes one segment with the records that a rule keeps from adjacent segments. Leaves those unchanged. Not thread-safe. */
final class SegmentCompaction {
    private final LogContext context;
    private final Path directory;
    private final int indexIntervalBytes;
    private final CompactionTools tools;
    private final CompactionRule rule;

    /**
     * For segments of one log.
     *
     * @param directory the log's
     */
    SegmentCompaction(
            LogContext context, Path directory, int indexIntervalBytes, CompactionTools tools, CompactionRule rule) {
        this.context = context;
        this.directory = directory;
        this.indexIntervalBytes = indexIntervalBytes;
        this.tools = tools;
        this.rule = rule;
    }

    /**
     * Writes and forces a segment under temporary names.
     *
     * @param compactedMs names the files
     * @return nothing if there is only one segment and all of it stays
     * @throws CorruptLogException if a segment is damaged; no file stays behind
     */
    Optional<Segment> compact(List<Segment> segments, long compactedMs) throws IOException {
        rule.restartCounts();
        if (segments.size() == 1 && isUnchanged(segments.get(0))) {
            return Optional.empty();
        }
        rule.restartCounts();
        Segment target = Segment.createCompacted(context.disk(), directory, compactedMs, segments);
        try {
            Writer writer = new Writer(target);
            for (int i = 0; i < segments.size(); i++) {
                copy(segments.get(i), writer, i == segments.size() - 1);
                copyTransactions(segments.get(i), target);
            }
            writer.finish();
            Path file = LogFiles.compacted(directory, target.baseOffset(), LogFiles.LOG, compactedMs);
            Files.setLastModifiedTime(file, FileTime.fromMillis(target.lastAppendedMs()));
            return Optional.of(target);
        } catch (IOException | RuntimeException e) {
            discard(context.disk(), target, e);
            throw e;
        }
    }

    /** Closes and deletes a segment that was not committed. Files that cannot be deleted now are deleted at the next start. */
    static void discard(Disk disk, Segment target, Exception reason) {
        target.release();
        Path directory = target.file().resolveSibling("");
        for (String suffix : LogFiles.SEGMENT_SUFFIXES) {
            try {
                disk.delete(LogFiles.compacted(directory, target.baseOffset(), suffix, target.compactedMs()));
            } catch (IOException e) {
                reason.addSuppressed(e);
            }
        }
    }

    private boolean isUnchanged(Segment segment) throws IOException {
        retain(segment);
        try {
            SegmentBatches batches = new SegmentBatches(segment, 0, tools);
            for (RecordBatch batch = batches.next(); batch != null; batch = batches.next()) {
                ByteBuffer kept = keptOf(segment, batch, batches.isAtEnd());
                if (kept == null || kept.remaining() != batch.sizeInBytes()) {
                    return false;
                }
            }
            return true;
        } finally {
            segment.release();
        }
    }

    private void copy(Segment segment, Writer writer, boolean isLastSegment) throws IOException {
        retain(segment);
        try {
            SegmentBatches batches = new SegmentBatches(segment, 0, tools);
            for (RecordBatch batch = batches.next(); batch != null; batch = batches.next()) {
                ByteBuffer kept = keptOf(segment, batch, isLastSegment && batches.isAtEnd());
                if (kept != null) {
                    writer.add(kept);
                }
            }
        } finally {
            segment.release();
        }
    }

    /** The markers stay, and with them their transactions in the index. */
    private static void copyTransactions(Segment segment, Segment target) throws IOException {
        retain(segment);
        try {
            List<AbortedTransaction> all = new ArrayList<>();
            boolean unused = segment.transactions().collect(0, Long.MAX_VALUE, all);
            for (AbortedTransaction each : all) {
                target.transactions().append(each);
            }
        } finally {
            segment.release();
        }
    }

    private static void retain(Segment segment) {
        if (!segment.retain()) {
            throw new CompactionStoppedException("the log was closed, or a segment deleted");
        }
    }

    /**
     * The part of a batch that is kept, or null.
     *
     * @param isLast whether it is the last batch, which is kept so that the next segment still starts where this one ends
     */
    private @Nullable ByteBuffer keptOf(Segment segment, RecordBatch batch, boolean isLast) throws IOException {
        if (rule.keepsWhole(batch)) {
            return batch.bytes();
        }
        try {
            Optional<ByteBuffer> kept =
                    rule.removesWhole(batch) ? Optional.empty() : tools.filter().filter(batch, rule);
            if (kept.isPresent()) {
                return kept.get();
            }
        } catch (CorruptBatchException e) {
            throw new CorruptLogException(
                    segment.file(), "batch of offset " + batch.baseOffset() + ": " + e.getMessage());
        }
        return isLast || rule.keepsHeader(batch) ? BatchFilter.emptied(batch) : null;
    }

    /** Collects batches and writes them in large pieces. */
    private final class Writer {
        private final Segment target;
        private final ByteBuffer buffer = tools.output();

        Writer(Segment target) {
            this.target = target;
        }

        void add(ByteBuffer batch) throws IOException {
            if (batch.remaining() > buffer.remaining()) {
                flush();
            }
            if (batch.remaining() > buffer.capacity()) {
                write(batch);
            } else {
                buffer.put(batch);
            }
        }

        private void flush() throws IOException {
            if (buffer.position() > 0) {
                write(buffer.flip());
                buffer.clear();
            }
        }

        private void write(ByteBuffer batches) throws IOException {
            if (!context.guard().admits(batches.remaining())) {
                throw new LogOperationException(new IOException("no space to compact " + directory));
            }
            tools.await(batches.remaining());
            target.append(batches, indexIntervalBytes, target.lastAppendedMs());
        }

        void finish() throws IOException {
            flush();
            target.indexes().complete();
            target.force();
            target.indexes().force();
            target.transactions().force();
        }
    }
}
