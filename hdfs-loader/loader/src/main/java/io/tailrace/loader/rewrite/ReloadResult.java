package io.tailrace.loader.rewrite;

import io.tailrace.loader.commit.Publisher;
import io.tailrace.loader.plan.OffsetRange;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.TableKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a reload changed, or would change.
 *
 * @param topic the topic
 * @param hours the hours of both tables that changed
 * @param ranges the offsets between which records were read again
 * @param damaged names of files that could not be read and were replaced
 * @param failures what could not be published; the next run repeats it
 */
public record ReloadResult(
        String topic,
        List<HourChange> hours,
        List<OffsetRange> ranges,
        List<String> damaged,
        List<Publisher.Failure> failures) {

    /** Returns the same result with further publications that failed. */
    public ReloadResult withMoreFailures(List<Publisher.Failure> more) {
        List<Publisher.Failure> all = new ArrayList<>(failures);
        all.addAll(more);
        return new ReloadResult(topic, hours, ranges, damaged, all);
    }

    /**
     * An hour of a table before and after.
     *
     * @param after empty if nothing was changed, because the run was dry
     */
    public record HourChange(TableKind table, PathPartition hour, Files before, Optional<Files> after) {}

    /**
     * The files of an hour.
     *
     * @param count number of files
     * @param rows their rows
     */
    public record Files(int count, long rows) {}
}
