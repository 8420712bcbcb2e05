package io.tailrace.log;

import io.tailrace.protocol.record.CorruptBatchException;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordCursor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compacts one log once: reads the keys of the dirty records, then rewrites the segments up to there and merges small ones.
 *
 * <p>A damaged segment is left as it is, and the log then does not count as compacted. If the segment becomes readable again,
 * because an operator has restored it for example, it must be compacted with the keys of all records above it. The next pass
 * continues where the map was full, so that the damage does not keep passes from the rest of the log.
 */
final class CompactionPass {
    private static final Logger LOG = LoggerFactory.getLogger(CompactionPass.class);

    private final Log log;
    private final CompactionPlan plan;
    private final long fromOffset;
    private final CompactionTools tools;
    private final long nowMs;
    private final SegmentReplacement replacement;
    private final AbortedRecords aborted;
    private boolean hasMetDamage;
    private long readBytes;
    private long keptBytes;

    /**
     * The result of a pass.
     *
     * @param endOffset exclusive: the end of the records whose keys the pass knew
     * @param isStored whether the log now counts as compacted up to there
     * @param readBytes bytes of the segments that it covered, without damaged ones
     * @param keptBytes how many of these bytes it kept
     */
    record Result(long endOffset, boolean isStored, long readBytes, long keptBytes) {}

    /**
     * A pass over a log.
     *
     * @param fromOffset where the keys that it reads begin: at the first dirty offset, or later if an earlier pass met damage
     */
    CompactionPass(Log log, CompactionPlan plan, long fromOffset, CompactionTools tools, long nowMs)
            throws IOException {
        this.log = log;
        this.plan = plan;
        this.fromOffset = fromOffset;
        this.tools = tools;
        this.nowMs = nowMs;
        this.replacement = new SegmentReplacement(log, plan.truncations());
        this.aborted = AbortedRecords.below(plan.endOffset(), log);
    }

    /**
     * Runs the pass.
     *
     * @throws CompactionStoppedException if the broker stops, or the log was truncated or closed
     */
    Result run() throws IOException {
        LogConfig config = log.config();
        long dirtyOffsets = Math.max(0, plan.endOffset() - fromOffset);
        OffsetMap latest = new OffsetMap(tools.limits().mapBytesMax(), dirtyOffsets);
        long mappedEndOffset = Math.max(fromOffset, map(latest));
        CompactionHistory before = log.state().history();
        long tombstoneMs = config.compaction().tombstoneMs();
        CompactionHistory after = before.plus(mappedEndOffset, nowMs, tombstoneMs);
        CompactionRule rule = new CompactionRule(
                latest, mappedEndOffset, before.tombstonesEndOffset(nowMs, tombstoneMs), after, batchesOf(log));
        SegmentCompaction segments = new SegmentCompaction(
                log.context(), log.state().directory(), config.roll().indexIntervalBytes(), tools, rule);
        long compactedMs = uniqueTimeMs();
        for (List<Segment> group : groups(mappedEndOffset, config.roll())) {
            compact(group, segments, rule, compactedMs);
        }
        boolean isStored = !hasMetDamage && fromOffset == plan.dirt().firstOffset();
        if (isStored) {
            replacement.finish(after.counted(rule.total().tombstones()));
        }
        LOG.info(
                "Log compacted up to offset {}, kept {} and removed {} records: {}",
                mappedEndOffset,
                rule.total().kept(),
                rule.total().removed(),
                log.partition());
        return new Result(mappedEndOffset, isStored, readBytes, keptBytes);
    }

    private CompactionRule.Batches batchesOf(Log compacted) throws IOException {
        return new CompactionRule.Batches(LastingBatches.of(compacted), aborted);
    }

    /** Fills the map with the dirty records. Returns the end of those that it has, which is lower if the map became full. */
    private long map(OffsetMap latest) throws IOException {
        for (CompactionPlan.Range range : plan.segments()) {
            if (range.endOffset() > fromOffset) {
                try {
                    long endOffset = map(latest, range);
                    if (endOffset < range.endOffset()) {
                        return endOffset;
                    }
                } catch (CorruptLogException e) {
                    reportDamage(e);
                }
            }
        }
        return plan.endOffset();
    }

    private long map(OffsetMap latest, CompactionPlan.Range range) throws IOException {
        Segment segment = range.segment();
        if (!segment.retain()) {
            throw new CompactionStoppedException("the log was closed, or a segment deleted");
        }
        try {
            int from = segment.positionOf(fromOffset, segment.sizeInBytes());
            SegmentBatches batches = new SegmentBatches(segment, from, tools);
            for (RecordBatch batch = batches.next(); batch != null; batch = batches.next()) {
                boolean hasKeys = !batch.isControl() && !aborted.contains(batch);
                long endOffset = hasKeys ? map(latest, batch, segment) : batch.nextOffset();
                if (endOffset < batch.nextOffset()) {
                    return endOffset;
                }
            }
            return range.endOffset();
        } finally {
            segment.release();
        }
    }

    private long map(OffsetMap latest, RecordBatch batch, Segment segment) throws CorruptLogException {
        try {
            RecordCursor record = tools.filter().recordsOf(batch);
            while (record.next()) {
                ByteBuffer key = record.key();
                boolean isDirty = record.offset() >= fromOffset;
                if (key != null && isDirty && !latest.put(key, record.offset())) {
                    return record.offset();
                }
            }
            return batch.nextOffset();
        } catch (CorruptBatchException e) {
            throw new CorruptLogException(
                    segment.file(), "batch of offset " + batch.baseOffset() + ": " + e.getMessage());
        }
    }

    /** Adjacent segments that fit in one, together not larger than a segment may be. */
    private List<List<Segment>> groups(long endOffset, LogConfig.Roll limits) {
        List<List<Segment>> groups = new ArrayList<>();
        List<Segment> group = new ArrayList<>();
        long bytes = 0;
        long indexEntries = 0;
        for (CompactionPlan.Range range : plan.segments()) {
            Segment segment = range.segment();
            if (segment.baseOffset() >= endOffset) {
                break;
            }
            bytes += segment.sizeInBytes();
            long segmentEntries = 1L + segment.indexes().offsetIndex().file().count();
            indexEntries += segmentEntries;
            boolean fits = !group.isEmpty()
                    && bytes <= limits.segmentBytesMax()
                    && indexEntries < limits.indexBytesMax() / TimeIndex.ENTRY_BYTES
                    && range.endOffset() - 1 - group.get(0).baseOffset() <= Integer.MAX_VALUE;
            if (!fits) {
                group = new ArrayList<>();
                groups.add(group);
                bytes = segment.sizeInBytes();
                indexEntries = segmentEntries;
            }
            group.add(segment);
        }
        return groups;
    }

    private void compact(List<Segment> group, SegmentCompaction segments, CompactionRule rule, long compactedMs)
            throws IOException {
        try {
            compactWhole(group, segments, compactedMs);
            rule.addCounts();
        } catch (CorruptLogException e) {
            if (group.size() == 1) {
                reportDamage(e);
                rule.keepTombstonesFrom(group.get(0).baseOffset());
                return;
            }
            for (Segment segment : group) {
                compact(List.of(segment), segments, rule, compactedMs);
            }
        }
    }

    private void compactWhole(List<Segment> group, SegmentCompaction segments, long compactedMs) throws IOException {
        long bytes = group.stream().mapToLong(Segment::sizeInBytes).sum();
        Optional<Segment> compacted = segments.compact(group, compactedMs);
        readBytes += bytes;
        keptBytes += compacted.isPresent() ? compacted.get().sizeInBytes() : bytes;
        if (compacted.isPresent()) {
            replacement.replace(group, compacted.get());
        }
    }

    private void reportDamage(CorruptLogException damage) {
        IOException unused = log.report(damage);
        if (!hasMetDamage) {
            LOG.warn("Segment not compacted, other segments are: {}", damage.getMessage());
        }
        hasMetDamage = true;
    }

    /** A time that names no file of this log yet. */
    private long uniqueTimeMs() {
        long latestMs = log.state().segments().all().stream()
                .mapToLong(Segment::compactedMs)
                .max()
                .orElse(0);
        return Math.max(nowMs, latestMs + 1);
    }
}
