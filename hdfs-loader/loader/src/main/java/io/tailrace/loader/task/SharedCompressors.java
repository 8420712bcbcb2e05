package io.tailrace.loader.task;

import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.bytes.DirectByteBufferAllocator;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * One compressor for the pages of many files, with one native context and one pair of buffers. A writer's own factory makes a
 * context for each page. Used by one thread.
 */
final class SharedCompressors implements CompressionCodecFactory, AutoCloseable {
    private final CodecFactory codecs;

    SharedCompressors(Configuration conf) {
        codecs = CodecFactory.createDirectCodecFactory(
                conf, DirectByteBufferAllocator.getInstance(), ParquetProperties.DEFAULT_PAGE_SIZE);
    }

    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName codec) {
        return codecs.getCompressor(codec);
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
        return codecs.getDecompressor(codec);
    }

    /** Does nothing: a writer calls this when its file is complete, and the other files still need the compressors. */
    @Override
    public void release() {}

    /** Frees the compressors. */
    @Override
    public void close() {
        codecs.release();
    }
}
