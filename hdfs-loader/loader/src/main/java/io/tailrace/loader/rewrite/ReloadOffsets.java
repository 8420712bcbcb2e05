package io.tailrace.loader.rewrite;

import io.tailrace.loader.plan.OffsetRange;
import io.tailrace.loader.plan.OffsetSet;
import io.tailrace.loader.plan.Plan;
import io.tailrace.loader.run.BrokerTopic;
import io.tailrace.loader.store.CommitConflictException;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.StagedFile;
import io.tailrace.loader.task.StoredRows;
import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which records a reload loads: those in its ranges that are not in a file that stays. Each record of a replaced file must be among
 * them, so that none is lost, whatever hour it belongs to by now. Used by one thread.
 */
final class ReloadOffsets {
    private static final Logger log = LoggerFactory.getLogger(ReloadOffsets.class);

    private final ReloadPlan plan;
    private final StoredRows rows;

    /** The offsets of files that stay. */
    private final OffsetSets kept;

    /** The offsets of the replaced files that can be read. */
    private final OffsetSets expected;

    /** Replaced files that cannot be read. Their commits say which offsets they may have, and how many. */
    private final List<DataFile> damaged = new ArrayList<>();

    private ReloadOffsets(ReloadPlan plan, StoredRows rows) {
        this.plan = plan;
        this.rows = rows;
        this.kept = new OffsetSets(plan.ranges());
        this.expected = new OffsetSets(plan.ranges());
    }

    /**
     * Reads the offsets of all files of a plan.
     *
     * @throws IOException if a file that stays cannot be read, so that nobody knows which records to leave out
     */
    static ReloadOffsets read(ReloadPlan plan, StoredRows rows) throws IOException {
        ReloadOffsets offsets = new ReloadOffsets(plan, rows);
        for (DataFile file : plan.sharing()) {
            try {
                rows.readPlaces(file, offsets.kept::add);
            } catch (CommitConflictException e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                throw new IOException(
                        "cannot tell which records to leave out: " + e.getMessage()
                                + ". Nothing was changed. Reload the hour "
                                + file.pathPartition().hourText() + ", too",
                        e);
            }
        }
        for (DataFile file : plan.replaced()) {
            offsets.expect(file);
        }
        return offsets;
    }

    private void expect(DataFile file) throws IOException {
        try {
            rows.readPlaces(file, expected::add);
        } catch (CommitConflictException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            log.warn("replacing a file that cannot be read: {}, {}", file.name(), e.getMessage());
            damaged.add(file);
        }
    }

    /** Replaced files that cannot be read. */
    List<DataFile> damaged() {
        return damaged;
    }

    /** The offsets that a task of a range leaves out. */
    OffsetSet excluded(OffsetRange range) {
        return kept.within(range);
    }

    /**
     * Plans the tasks.
     *
     * @param recordsMax the longest range of one task
     * @throws IOException if retention has deleted records that replaced files have
     */
    Plan tasks(BrokerTopic brokers, long recordsMax) throws IOException {
        List<OffsetRange> lost = new ArrayList<>();
        List<OffsetRange> ranges = new ArrayList<>();
        for (OffsetRange range : plan.ranges()) {
            long start = startOffset(brokers, range.topicPartition());
            if (range.from() < start) {
                lost.addAll(lost(range, start));
            }
            if (start < range.to()) {
                ranges.add(new OffsetRange(range.topicPartition(), Math.max(start, range.from()), range.to()));
            }
        }
        if (!lost.isEmpty()) {
            throw new IOException("retention deleted records that would be loaded again: " + OffsetRange.describe(lost)
                    + ". Nothing was changed. Files are replaced as a whole: reload hours, or offsets, whose files have only"
                    + " records that the brokers still have");
        }
        List<OffsetRange> tasks = Plan.again(ranges, recordsMax).tasks().stream()
                .filter(task -> kept.within(task).size() < task.length())
                .toList();
        return new Plan(tasks, List.of(), List.of());
    }

    private static long startOffset(BrokerTopic brokers, TopicPartition partition) {
        BrokerTopic.Log log = brokers.logs().get(partition.partition());
        if (log == null) {
            throw new IllegalStateException("brokers have no partition " + partition);
        }
        return log.startOffset();
    }

    private List<OffsetRange> lost(OffsetRange range, long start) {
        TopicPartition partition = range.topicPartition();
        OffsetRange deleted = new OffsetRange(partition, range.from(), Math.min(start, range.to()));
        List<OffsetRange> lost =
                new ArrayList<>(expected.within(deleted).minus(new OffsetSet(deleted.from()), partition));
        for (DataFile file : damaged) {
            for (DataFile.Span span : file.spans()) {
                long from = Math.max(span.first(), deleted.from());
                long to = Math.min(span.last() + 1, deleted.to());
                if (span.partition() == partition.partition() && from < to) {
                    lost.add(new OffsetRange(partition, from, to));
                }
            }
        }
        return lost;
    }

    /**
     * Checks what tasks have written.
     *
     * @throws IOException if brokers no longer had a record of the replaced files
     */
    void verify(List<StagedFile> written, Path staging) throws IOException {
        OffsetSets found = new OffsetSets(plan.ranges());
        long count = 0;
        for (StagedFile staged : written) {
            rows.readPlaces(staged.file(), new Path(staging, staged.staged()), found::add);
            count += staged.file().rows();
        }
        long added = found.minus(kept).stream().mapToLong(OffsetRange::length).sum();
        if (added != count) {
            throw new IllegalStateException(
                    "tasks wrote " + count + " rows, of which only " + added + " are not in other files");
        }
        List<OffsetRange> missing = expected.minus(found);
        if (!missing.isEmpty()) {
            throw new IOException(
                    "the brokers no longer have records that are loaded, such as those that compaction of the"
                            + " topic removed: " + OffsetRange.describe(missing) + ". Nothing was changed");
        }
        long committed = plan.replaced().stream().mapToLong(DataFile::rows).sum();
        if (!damaged.isEmpty() && count < committed) {
            throw new IOException("the brokers have " + count + " of the " + committed
                    + " records that are loaded. Nothing was changed. Restore the file "
                    + damaged.get(0).name());
        }
    }
}
