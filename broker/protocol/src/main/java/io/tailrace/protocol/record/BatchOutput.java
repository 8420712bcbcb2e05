package io.tailrace.protocol.record;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/** An output stream for the records of a batch, which reserves room for the header and returns its array without copying. */
final class BatchOutput extends ByteArrayOutputStream {
    BatchOutput(int expectedBytes) {
        super(Math.max(expectedBytes, RecordBatch.HEADER_BYTES));
        count = RecordBatch.HEADER_BYTES;
    }

    /** Compresses the bytes behind the header. */
    synchronized void compressTo(CompressionType compression, BatchOutput out) throws IOException {
        Compressor.compress(compression, buf, RecordBatch.HEADER_BYTES, count - RecordBatch.HEADER_BYTES, out);
    }

    synchronized ByteBuffer toBuffer() {
        return ByteBuffer.wrap(buf, 0, count);
    }
}
