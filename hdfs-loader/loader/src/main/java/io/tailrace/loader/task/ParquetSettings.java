package io.tailrace.loader.task;

import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * How a task writes Parquet files.
 *
 * @param codec compression of pages
 * @param rowGroupBytes size of a row group, which is kept in memory until it is written; smaller if the task's memory requires it
 * @param memory what the task may use for rows that are not in files yet
 */
public record ParquetSettings(CompressionCodecName codec, long rowGroupBytes, TaskMemory memory) {}
