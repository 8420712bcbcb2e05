package io.tailrace.loader.compact;

import io.tailrace.loader.commit.Publisher;
import java.util.List;

/**
 * What a run changed.
 *
 * @param topic the topic
 * @param hours hours whose files were merged, of both tables
 * @param merged files that were replaced
 * @param files files that replaced them
 * @param deleted files that were deleted, which an earlier or this run had replaced
 * @param failures what could not be published; the next run repeats it
 */
public record CompactResult(
        String topic, int hours, int merged, int files, long deleted, List<Publisher.Failure> failures) {}
