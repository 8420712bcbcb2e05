package io.tailrace.protocol.record;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.xxhash.XXHashFactory;
import org.xerial.snappy.SnappyOutputStream;

/** Compresses the records of a batch at once, in a form that all clients can read. */
final class Compressor {
    private Compressor() {}

    /** Upper bound of the compressed size with zstd, ZSTD_COMPRESSBOUND of {@code zstd.h}. Other formats may exceed it slightly. */
    static long bytesMax(int length) {
        // Zstd.compressBound would load the native library even in a process that never compresses.
        int ofShortInput = Math.max(0, (128 << 10) - length) >> 11;
        return (long) length + (length >> 8) + ofShortInput;
    }

    /** Compresses bytes to a stream. */
    static void compress(CompressionType compression, byte[] bytes, int offset, int length, BatchOutput out)
            throws IOException {
        switch (compression) {
            case NONE -> out.write(bytes, offset, length);
            case GZIP -> {
                try (OutputStream gzip = new GZIPOutputStream(out, 8192)) {
                    gzip.write(bytes, offset, length);
                }
            }
            case SNAPPY -> {
                try (OutputStream snappy = new SnappyOutputStream(out)) {
                    snappy.write(bytes, offset, length);
                }
            }
            case LZ4 -> {
                try (OutputStream lz4 = lz4(out)) {
                    lz4.write(bytes, offset, length);
                }
            }
            case ZSTD -> out.writeZstd(bytes, offset, length);
        }
    }

    private static OutputStream lz4(OutputStream out) throws IOException {
        return new LZ4FrameOutputStream(
                out,
                LZ4FrameOutputStream.BLOCKSIZE.SIZE_64KB,
                -1,
                LZ4Factory.fastestInstance().fastCompressor(),
                XXHashFactory.fastestInstance().hash32(),
                LZ4FrameOutputStream.FLG.Bits.BLOCK_INDEPENDENCE);
    }
}
