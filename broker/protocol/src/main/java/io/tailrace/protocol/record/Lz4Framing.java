package io.tailrace.protocol.record;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import net.jpountz.xxhash.XXHash32;
import net.jpountz.xxhash.XXHashFactory;

/**
 * LZ4 frames, version 1, of independent blocks, one after the other.
 *
 * <p>Read here and not by the library's stream, which allocates twice the largest block that a header claims; blocks
 * and hashes are the library's. The format: lz4_Frame_format.md of the LZ4 project.
 */
final class Lz4Framing {
    private static final int MAGIC = 0x184D2204;
    private static final int VERSION_MASK = 0xC0;
    private static final int VERSION_1 = 0x40;
    private static final int INDEPENDENT_BLOCKS = 0x20;
    private static final int BLOCK_CHECKSUMS = 0x10;
    private static final int CONTENT_SIZE = 0x08;
    private static final int CONTENT_CHECKSUM = 0x04;
    private static final int RESERVED_OR_DICTIONARY = 0x03;
    private static final int STORED_BLOCK = 0x80000000;
    /** A byte of a block puts out at most 255 bytes. */
    private static final int RATIO_MAX = 255;

    private static final LZ4SafeDecompressor BLOCKS =
            LZ4Factory.fastestInstance().safeDecompressor();
    private static final XXHash32 HASH = XXHashFactory.fastestInstance().hash32();

    private Lz4Framing() {}

    static void decompress(ByteBuffer bytes, DecompressedBytes out) throws IOException {
        ByteBuffer in = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        do {
            frame(in, out);
        } while (in.hasRemaining());
    }

    private static void frame(ByteBuffer in, DecompressedBytes out) throws IOException {
        need(in, 7, "frame header");
        int magic = in.getInt();
        if (magic != MAGIC) {
            throw new IOException("frame magic is 0x%08X, expected 0x%08X".formatted(magic, MAGIC));
        }
        int descriptorAt = in.position();
        int flags = in.get();
        int blockBytesMax = blockBytesMax(in.get());
        if ((flags & VERSION_MASK) != VERSION_1
                || (flags & INDEPENDENT_BLOCKS) == 0
                || (flags & RESERVED_OR_DICTIONARY) != 0) {
            throw new IOException("frame flags 0x%02X, expected version 1 with independent blocks and no dictionary"
                    .formatted(flags & 0xff));
        }
        if ((flags & CONTENT_SIZE) != 0) {
            need(in, Long.BYTES, "content size");
            in.position(in.position() + Long.BYTES);
        }
        need(in, 1, "header checksum");
        int descriptorHash = HASH.hash(in, descriptorAt, in.position() - descriptorAt, 0);
        check("header checksum", (descriptorHash >> 8) & 0xff, in.get() & 0xff);

        int contentAt = out.size();
        while (true) {
            need(in, Integer.BYTES, "block length");
            int header = in.getInt();
            if (header == 0) {
                break;
            }
            block(in, header, blockBytesMax, (flags & BLOCK_CHECKSUMS) != 0, out);
        }
        if ((flags & CONTENT_CHECKSUM) != 0) {
            need(in, Integer.BYTES, "content checksum");
            check("content checksum", HASH.hash(out.array(), contentAt, out.size() - contentAt, 0), in.getInt());
        }
    }

    private static int blockBytesMax(byte descriptor) throws IOException {
        int id = (descriptor >> 4) & 0x7;
        if ((descriptor & 0x8F) != 0 || id < 4) {
            throw new IOException("block descriptor 0x%02X, expected 0x40 to 0x70".formatted(descriptor & 0xff));
        }
        return 1 << (8 + 2 * id);
    }

    private static void block(ByteBuffer in, int header, int blockBytesMax, boolean checked, DecompressedBytes out)
            throws IOException {
        int length = header & ~STORED_BLOCK;
        if (length > blockBytesMax) {
            throw new IOException("block of " + length + " bytes, expected at most " + blockBytesMax);
        }
        need(in, length + (checked ? Integer.BYTES : 0), "block");
        int at = in.position();
        in.position(at + length);
        if (checked) {
            check("block checksum", HASH.hash(in, at, length, 0), in.getInt());
        }
        if ((header & STORED_BLOCK) != 0) {
            out.room(length).put(out.size(), in, at, length);
            out.advance(length);
            return;
        }
        int possible = (int) Math.min(blockBytesMax, (long) RATIO_MAX * length);
        int room = Math.min(possible, out.remaining());
        ByteBuffer target = out.room(room);
        try {
            out.advance(BLOCKS.decompress(in, at, length, target, out.size(), room));
        } catch (LZ4Exception e) {
            if (room < possible) {
                throw new DecompressedBytes.FullException();
            }
            throw new IOException("block of " + length + " bytes is not LZ4 data", e);
        }
    }

    private static void need(ByteBuffer in, int bytes, String what) throws IOException {
        if (in.remaining() < bytes) {
            throw new IOException("%s is cut: %d bytes expected, %d left".formatted(what, bytes, in.remaining()));
        }
    }

    private static void check(String what, int computed, int stated) throws IOException {
        if (computed != stated) {
            throw new IOException("%s is 0x%X, expected 0x%X".formatted(what, stated, computed));
        }
    }
}
