package io.tailrace.log;

import io.tailrace.protocol.record.BatchFilter;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordCursor;
import java.util.Objects;

/**
 * Decides which records a compaction pass keeps: the newest of each key, tombstones until they are old enough, and all records
 * whose keys the pass does not know. Records without a key are removed, as in Kafka. Not thread-safe.
 */
final class CompactionRule implements BatchFilter.Rule {
    /** The numbers of records that a pass has kept and removed. */
    static final class Counts {
        private final long[] tombstones;
        private long kept;
        private long removed;

        private Counts(int marks) {
            this.tombstones = new long[marks];
        }

        private void add(Counts other) {
            kept += other.kept;
            removed += other.removed;
            for (int i = 0; i < tombstones.length; i++) {
                tombstones[i] += other.tombstones[i];
            }
        }

        long kept() {
            return kept;
        }

        long removed() {
            return removed;
        }

        /** Tombstones kept, for each mark of the history. */
        long[] tombstones() {
            return tombstones.clone();
        }
    }

    /**
     * What is decided about whole batches.
     *
     * @param lasting those that stay even without records
     * @param aborted those whose records are removed
     */
    record Batches(LastingBatches lasting, AbortedRecords aborted) {}

    private final OffsetMap latest;
    private final long mappedEndOffset;
    private final CompactionHistory history;
    private final Batches batches;
    private final Counts total;
    /** Tombstones at or above stay. */
    private long tombstonesEndOffset;
    /** Of the segments that are being compacted. */
    private Counts current;

    /**
     * A rule.
     *
     * @param latest the latest offset of each key that the pass knows
     * @param mappedEndOffset exclusive: the end of the records that are in {@code latest} or were compacted before
     * @param tombstonesEndOffset exclusive: the end of the tombstones that may be removed
     * @param history as it will be after the pass
     * @param batches what is decided about whole batches
     */
    CompactionRule(
            OffsetMap latest,
            long mappedEndOffset,
            long tombstonesEndOffset,
            CompactionHistory history,
            Batches batches) {
        this.latest = latest;
        this.mappedEndOffset = mappedEndOffset;
        this.tombstonesEndOffset = tombstonesEndOffset;
        this.history = history;
        this.batches = batches;
        this.total = new Counts(history.marks().size());
        this.current = new Counts(history.marks().size());
    }

    /** Keeps the tombstones from an offset on, because there may be unreadable older records of their keys below. */
    void keepTombstonesFrom(long offset) {
        tombstonesEndOffset = Math.min(tombstonesEndOffset, offset);
    }

    /** Starts to count again, after segments were given up. */
    void restartCounts() {
        current = new Counts(history.marks().size());
    }

    /** Adds the counts since the start or the last call. */
    void addCounts() {
        total.add(current);
        restartCounts();
    }

    Counts total() {
        return total;
    }

    @Override
    public boolean keeps(RecordCursor record) {
        boolean kept = isKept(record);
        if (kept) {
            current.kept++;
            if (!record.hasValue() && record.offset() < history.firstDirtyOffset()) {
                current.tombstones[history.indexOf(record.offset())]++;
            }
        } else {
            current.removed++;
        }
        return kept;
    }

    private boolean isKept(RecordCursor record) {
        long offset = record.offset();
        if (offset >= mappedEndOffset) {
            return true;
        }
        if (!record.hasKey()) {
            return false;
        }
        boolean isOldTombstone = !record.hasValue() && offset < tombstonesEndOffset;
        return !isOldTombstone && latest.get(Objects.requireNonNull(record.key())) <= offset;
    }

    /** Whether a batch stays as it is, unread. */
    boolean keepsWhole(RecordBatch batch) {
        return batch.isControl() || batch.baseOffset() >= mappedEndOffset;
    }

    /** Whether all records of a batch are removed, unread. */
    boolean removesWhole(RecordBatch batch) {
        boolean isAborted =
                batch.nextOffset() <= mappedEndOffset && batches.aborted().contains(batch);
        if (isAborted) {
            current.removed += batch.recordCount();
        }
        return isAborted;
    }

    /** Whether a batch stays even without records. */
    boolean keepsHeader(RecordBatch batch) {
        return batches.lasting().contains(batch);
    }
}
