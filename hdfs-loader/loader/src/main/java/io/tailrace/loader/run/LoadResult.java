package io.tailrace.loader.run;

import io.tailrace.loader.commit.Publisher;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run added.
 *
 * @param topic the topic
 * @param rows rows added
 * @param errors records added to the error table
 * @param files files added, including those of the error table
 * @param skipped offsets that retention deleted before they were loaded
 * @param failures what could not be published; the rows are committed, and the next run publishes them
 * @param mergeFailure why the files of complete hours were not merged, or null; the next load tries again
 */
public record LoadResult(
        String topic,
        long rows,
        long errors,
        int files,
        long skipped,
        List<Publisher.Failure> failures,
        @Nullable Exception mergeFailure) {

    /** A result without a merge that failed. */
    public LoadResult(String topic, long rows, long errors, int files, long skipped, List<Publisher.Failure> failures) {
        this(topic, rows, errors, files, skipped, failures, null);
    }

    /** Returns the same result with other publications that failed. */
    LoadResult withFailures(List<Publisher.Failure> others) {
        return new LoadResult(topic, rows, errors, files, skipped, others, mergeFailure);
    }

    /** Returns the same result of a load whose merge failed. */
    LoadResult withMergeFailure(Exception cause) {
        return new LoadResult(topic, rows, errors, files, skipped, failures, cause);
    }
}
