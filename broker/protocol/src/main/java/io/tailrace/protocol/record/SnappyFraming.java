package io.tailrace.protocol.record;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.xerial.snappy.Snappy;

/**
 * The framing of snappy-java's streams: a header of 16 bytes (a magic of 8, version and lowest compatible version, 4
 * each), then blocks, each after its length in 4 big-endian bytes. Without the magic, all is one raw block.
 *
 * <p>Read here and not by the library's stream, which allocates the sizes that blocks claim.
 */
final class SnappyFraming {
    private static final long MAGIC = 0x82534e4150505900L;
    private static final int HEADER_BYTES = 16;
    /** A copy of three bytes puts out at most 64: no block grows by more than this. */
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
                throw new IOException("block length is cut after " + in.remaining() + " bytes");
            }
            int length = in.getInt();
            if (length < 0 || length > in.remaining()) {
                throw new IOException("block of " + length + " bytes where " + in.remaining() + " are left");
            }
            block(in, length, out);
        }
    }

    private static void block(ByteBuffer in, int length, DecompressedBytes out) throws IOException {
        byte[] compressed = new byte[length];
        in.get(compressed);
        int uncompressedLength = Snappy.uncompressedLength(compressed);
        if (uncompressedLength < 0 || uncompressedLength > (long) RATIO_MAX * length) {
            throw new IOException(
                    "block of " + length + " bytes cannot decompress to the " + uncompressedLength + " it claims");
        }
        out.room(uncompressedLength);
        if (!Snappy.isValidCompressedBuffer(compressed)) {
            throw new IOException("block of " + length + " bytes is not snappy data");
        }
        out.advance(Snappy.uncompress(compressed, 0, length, out.array(), out.size()));
    }
}
