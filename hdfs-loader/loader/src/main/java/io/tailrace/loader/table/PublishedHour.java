package io.tailrace.loader.table;

import org.apache.hadoop.fs.Path;

/**
 * What a catalog shows of a path partition.
 *
 * @param folder the qualified folder of its files
 * @param files number of its files
 * @param rows rows of all files
 * @param bytes size of all files
 */
public record PublishedHour(Path folder, int files, long rows, long bytes) {}
