package io.tailrace.loader;

import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * How files are written.
 *
 * @param codec compression of pages
 * @param rowGroupBytes size at which a row group is written; held in memory until then
 * @param openFilesMax files that one task of the run has open at once
 */
record ParquetSettings(CompressionCodecName codec, long rowGroupBytes, int openFilesMax) {}
