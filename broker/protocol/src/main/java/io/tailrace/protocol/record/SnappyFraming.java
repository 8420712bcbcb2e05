package io.tailrace.protocol.record;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.xerial.snappy.Snappy;

/**
 * Reads the framing of snappy-java's streams: a header of 16 bytes (a magic of 8, version and lowest compatible version
 * of 4 each), then blocks, each preceded by its length in 4 big-endian bytes. Input without the magic is one raw block.
 *
 * <p>Replaces the library's stream, which allocates the sizes that blocks claim.
 */
final class SnappyFraming {
    private static final long MAGIC = 0x82534e4150505900L;
    private static final int HEADER_BYTES = 16;
    /** The most output bytes of one input byte: a copy element of 3 bytes produces at most 64. */
    private static final int RATIO_MAX = 32;

    private SnappyFraming() {}

    static void decompress(ByteBuffer in, DecompressedBytes out) throws IOException {
        if (in.remaining() < HEADER_BYTES || in.getLong(0) != MAGIC) {
            block(in, in.remaining(), out);
            return;
        }
        in.position(HEADER_BYTES);
        while (in.hasRemaining()) {
            if (in.remaining() < Integer.BYTES) {
                throw new IOException("block length: expected 4 bytes, found " + in.remaining());
            }
            int length = in.getInt();
            if (length < 0 || length > in.remaining()) {
                throw new IOException("block length: expected 0 to " + in.remaining() + " bytes, found " + length);
            }
            block(in, length, out);
        }
    }

    private static void block(ByteBuffer in, int length, DecompressedBytes out) throws IOException {
        byte[] compressed = new byte[length];
        in.get(compressed);
        int uncompressedLength = Snappy.uncompressedLength(compressed);
        if (uncompressedLength < 0 || uncompressedLength > (long) RATIO_MAX * length) {
            throw new IOException("block of " + length + " bytes: expected at most " + (long) RATIO_MAX * length
                    + " bytes of output, found " + uncompressedLength);
        }
        out.room(uncompressedLength);
        if (!Snappy.isValidCompressedBuffer(compressed)) {
            throw new IOException("block of " + length + " bytes: expected snappy data");
        }
        out.advance(Snappy.uncompress(compressed, 0, length, out.array(), out.size()));
    }
}
