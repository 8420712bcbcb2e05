package io.tailrace.loader;

/**
 * What a run has added.
 *
 * @param topic the topic
 * @param rows rows that were added
 * @param errors records that went to the error table
 * @param files files that were added, those of the error table included
 * @param skipped records that retention deleted before they were loaded
 */
record LoadResult(String topic, long rows, long errors, int files, long skipped) {}
