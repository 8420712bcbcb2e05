package io.tailrace.loader.run;

/**
 * What a run added.
 *
 * @param topic the topic
 * @param rows rows added
 * @param errors records added to the error table
 * @param files files added, including those of the error table
 * @param skipped offsets that retention deleted before they were loaded
 */
public record LoadResult(String topic, long rows, long errors, int files, long skipped) {}
