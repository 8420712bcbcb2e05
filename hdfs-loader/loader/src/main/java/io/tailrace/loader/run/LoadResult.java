package io.tailrace.loader.run;

import io.tailrace.loader.commit.Publisher;
import java.util.List;

/**
 * What a run added.
 *
 * @param topic the topic
 * @param rows rows added
 * @param errors records added to the error table
 * @param files files added, including those of the error table
 * @param skipped offsets that retention deleted before they were loaded
 * @param failures what could not be published; the rows are committed, and the next run publishes them
 */
public record LoadResult(
        String topic, long rows, long errors, int files, long skipped, List<Publisher.Failure> failures) {

    /** Returns the same result with other publications that failed. */
    LoadResult withFailures(List<Publisher.Failure> others) {
        return new LoadResult(topic, rows, errors, files, skipped, others);
    }
}
