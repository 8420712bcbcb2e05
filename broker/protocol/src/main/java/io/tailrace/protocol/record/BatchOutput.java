package io.tailrace.protocol.record;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** An output stream for the records of a batch, behind room for the header. */
final class BatchOutput extends ByteArrayOutputStream {
    BatchOutput(int expectedBytes) {
        super(Math.max(expectedBytes, RecordBatch.HEADER_BYTES));
        count = RecordBatch.HEADER_BYTES;
    }

    /** An output into an array, as long as it has room. */
    BatchOutput(byte[] room) {
        super(0);
        buf = room;
        count = RecordBatch.HEADER_BYTES;
    }

    /** Compresses bytes with zstd, straight into the array. */
    synchronized void writeZstd(byte[] bytes, int offset, int length) throws IOException {
        int needed = Math.toIntExact(count + Compressor.bytesMax(length));
        if (buf.length < needed) {
            buf = Arrays.copyOf(buf, needed);
        }
        long size = Zstd.compressByteArray(
                buf, count, buf.length - count, bytes, offset, length, Zstd.defaultCompressionLevel());
        if (Zstd.isError(size)) {
            throw new IOException("zstd: " + Zstd.getErrorName(size));
        }
        count += (int) size;
    }

    /** Compresses the bytes behind the header. */
    synchronized void compressTo(CompressionType compression, BatchOutput out) throws IOException {
        Compressor.compress(compression, buf, RecordBatch.HEADER_BYTES, count - RecordBatch.HEADER_BYTES, out);
    }

    /** The array itself, up to where it was written. */
    synchronized ByteBuffer toBuffer() {
        return ByteBuffer.wrap(buf, 0, count);
    }
}
