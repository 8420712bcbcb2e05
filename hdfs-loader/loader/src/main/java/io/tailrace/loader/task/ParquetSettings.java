package io.tailrace.loader.task;

import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * Settings of Parquet files.
 *
 * @param codec compression of pages
 * @param rowGroupBytes size of a row group, which is kept in memory until it is written
 * @param openFilesMax files that one task has open at once
 */
public record ParquetSettings(CompressionCodecName codec, long rowGroupBytes, int openFilesMax) {}
