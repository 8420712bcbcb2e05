package io.tailrace.protocol.record;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** The output of a decompressor. Grows up to a limit. */
final class DecompressedBytes {
    private static final int INITIAL_BYTES = 4096;

    private final int bytesMax;
    private byte[] bytes = new byte[0];
    private int size;

    DecompressedBytes(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    int bytesMax() {
        return bytesMax;
    }

    /** Clears the output, for {@code compressedBytes} bytes of input. */
    void start(int compressedBytes) {
        size = 0;
        if (bytes.length > Decompressor.RETAINED_BYTES_MAX) {
            bytes = new byte[0];
        }
        int expected = (int) Math.min(bytesMax, Math.max(INITIAL_BYTES, 2L * compressedBytes));
        if (bytes.length < expected) {
            bytes = new byte[expected];
        }
    }

    /** Bytes up to the limit. */
    int remaining() {
        return bytesMax - size;
    }

    /** Returns the buffer with room for {@code count} more bytes, which the caller must have reason to expect. */
    ByteBuffer room(int count) {
        if (count > remaining()) {
            throw new FullException();
        }
        if (count > bytes.length - size) {
            grow(size + count);
        }
        return ByteBuffer.wrap(bytes);
    }

    int size() {
        return size;
    }

    void advance(int count) {
        size += count;
    }

    void readAll(InputStream in) throws IOException {
        while (true) {
            if (size == bytes.length) {
                if (size >= bytesMax) {
                    if (in.read() < 0) {
                        return;
                    }
                    throw new FullException();
                }
                grow(size + 1);
            }
            int limit = Math.min(bytes.length, bytesMax);
            int count = in.read(bytes, size, limit - size);
            if (count < 0) {
                return;
            }
            size += count;
        }
    }

    private void grow(int atLeast) {
        bytes = Arrays.copyOf(bytes, (int) Math.min(bytesMax, Math.max(atLeast, 2L * bytes.length)));
    }

    byte[] array() {
        return bytes;
    }

    ByteBuffer toBuffer() {
        return ByteBuffer.wrap(bytes, 0, size);
    }

    /** The output exceeds the limit. */
    static final class FullException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
