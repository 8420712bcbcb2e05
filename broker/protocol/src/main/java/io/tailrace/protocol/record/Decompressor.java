package io.tailrace.protocol.record;

import com.github.luben.zstd.BufferPool;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.tailrace.protocol.record.CorruptBatchException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Decompresses batches into memory that is reused between batches.
 *
 * <p>Memory grows with the output, not with sizes that the input claims, up to a limit. Up to {@link
 * #RETAINED_BYTES_MAX} are kept between batches. Not thread-safe.
 */
public final class Decompressor {
    static final int RETAINED_BYTES_MAX = 1 << 20;

    private final DecompressedBytes out;
    private final BufferPool zstdBuffers = new SingleBufferPool();

    /**
     * Creates a decompressor. Allocates no buffers.
     *
     * @param decompressedBytesMax the most bytes of a batch's decompressed records, inclusive
     */
    public Decompressor(int decompressedBytesMax) {
        if (decompressedBytesMax <= 0) {
            throw new IllegalArgumentException(
                    "decompressedBytesMax: expected at least 1, found " + decompressedBytesMax);
        }
        this.out = new DecompressedBytes(decompressedBytesMax);
    }

    /**
     * Returns the records of a batch: a slice of the batch if it is not compressed, otherwise memory of this
     * decompressor that is valid until the next call.
     *
     * @throws CorruptBatchException if they do not decompress or exceed the limit
     */
    ByteBuffer recordsOf(RecordBatch batch) {
        CompressionType compression = batch.compression();
        ByteBuffer in = batch.recordBytes();
        if (compression == CompressionType.NONE) {
            return in;
        }
        out.start(in.remaining());
        try {
            switch (compression) {
                case NONE -> throw new IllegalStateException("not compressed: " + batch);
                case GZIP -> drain(new GZIPInputStream(new BufferInputStream(in)));
                case ZSTD -> drain(new ZstdInputStreamNoFinalizer(new BufferInputStream(in), zstdBuffers));
                case SNAPPY -> SnappyFraming.decompress(in, out);
                case LZ4 -> Lz4Framing.decompress(in, out);
            }
        } catch (DecompressedBytes.FullException e) {
            throw new CorruptBatchException(
                    Reason.TOO_LARGE,
                    batch.recordsPosition(),
                    "decompressed size of batch",
                    "at most " + out.bytesMax() + " bytes",
                    "more");
        } catch (IOException | RuntimeException e) {
            throw new CorruptBatchException(
                    Reason.COMPRESSION, batch.recordsPosition(), compression.configName() + " data of batch", e);
        }
        return out.toBuffer();
    }

    private void drain(InputStream in) throws IOException {
        try (in) {
            out.readAll(in);
        }
    }

    /** Keeps the one input buffer that zstd uses at a time. */
    private static final class SingleBufferPool implements BufferPool {
        private @Nullable ByteBuffer idle;

        @Override
        public ByteBuffer get(int capacity) {
            ByteBuffer buffer = idle;
            idle = null;
            return buffer != null && buffer.capacity() >= capacity ? buffer : ByteBuffer.allocate(capacity);
        }

        @Override
        public void release(ByteBuffer buffer) {
            idle = buffer.clear();
        }
    }

    private static final class BufferInputStream extends InputStream {
        private final ByteBuffer buffer;

        BufferInputStream(ByteBuffer buffer) {
            this.buffer = buffer;
        }

        @Override
        public int read() {
            return buffer.hasRemaining() ? buffer.get() & 0xff : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (length == 0) {
                return 0;
            }
            int count = Math.min(length, buffer.remaining());
            if (count == 0) {
                return -1;
            }
            buffer.get(target, offset, count);
            return count;
        }

        @Override
        public int available() {
            return buffer.remaining();
        }
    }
}
