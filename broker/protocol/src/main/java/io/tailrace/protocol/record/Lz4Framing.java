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
 * Reads a sequence of LZ4 frames, version 1, with independent blocks.
 *
 * <p>Replaces the library's stream, which allocates twice the largest block that a header claims. Blocks and hashes are
 * still the library's. Format: lz4_Frame_format.md of the LZ4 project.
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
    /** The most output bytes of one byte of a block. */
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
        require(in, 7, "frame header");
        int magic = in.getInt();
        if (magic != MAGIC) {
            throw new IOException("frame magic: expected 0x%08X, found 0x%08X".formatted(MAGIC, magic));
        }
        int descriptorAt = in.position();
        int flags = in.get();
        int blockBytesMax = blockBytesMax(in.get());
        if ((flags & VERSION_MASK) != VERSION_1
                || (flags & INDEPENDENT_BLOCKS) == 0
                || (flags & RESERVED_OR_DICTIONARY) != 0) {
            throw new IOException(
                    "frame flags: expected version 1 with independent blocks and no dictionary, found 0x%02X"
                            .formatted(flags & 0xff));
        }
        if ((flags & CONTENT_SIZE) != 0) {
            require(in, Long.BYTES, "content size");
            in.position(in.position() + Long.BYTES);
        }
        require(in, 1, "header checksum");
        int descriptorHash = HASH.hash(in, descriptorAt, in.position() - descriptorAt, 0);
        expect("header checksum", (descriptorHash >> 8) & 0xff, in.get() & 0xff);

        int contentAt = out.size();
        while (true) {
            require(in, Integer.BYTES, "block length");
            int header = in.getInt();
            if (header == 0) {
                break;
            }
            block(in, header, blockBytesMax, (flags & BLOCK_CHECKSUMS) != 0, out);
        }
        if ((flags & CONTENT_CHECKSUM) != 0) {
            require(in, Integer.BYTES, "content checksum");
            expect("content checksum", HASH.hash(out.array(), contentAt, out.size() - contentAt, 0), in.getInt());
        }
    }

    private static int blockBytesMax(byte descriptor) throws IOException {
        int id = (descriptor >> 4) & 0x7;
        if ((descriptor & 0x8F) != 0 || id < 4) {
            throw new IOException("block descriptor: expected 0x40 to 0x70, found 0x%02X".formatted(descriptor & 0xff));
        }
        return 1 << (8 + 2 * id);
    }

    private static void block(ByteBuffer in, int header, int blockBytesMax, boolean checked, DecompressedBytes out)
            throws IOException {
        int length = header & ~STORED_BLOCK;
        if (length > blockBytesMax) {
            throw new IOException("block length: expected at most " + blockBytesMax + " bytes, found " + length);
        }
        require(in, length + (checked ? Integer.BYTES : 0), "block");
        int at = in.position();
        in.position(at + length);
        if (checked) {
            expect("block checksum", HASH.hash(in, at, length, 0), in.getInt());
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
            throw new IOException("block of " + length + " bytes: expected LZ4 data", e);
        }
    }

    private static void require(ByteBuffer in, int bytes, String what) throws IOException {
        if (in.remaining() < bytes) {
            throw new IOException("%s: expected %d bytes, found %d".formatted(what, bytes, in.remaining()));
        }
    }

    private static void expect(String what, int computed, int stated) throws IOException {
        if (computed != stated) {
            throw new IOException("%s: expected 0x%X, found 0x%X".formatted(what, computed, stated));
        }
    }
}
