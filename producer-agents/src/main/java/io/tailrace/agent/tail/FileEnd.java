package io.tailrace.agent.tail;

import java.io.IOException;

/** Finds the end of a file's last whole line. Not thread-safe. */
final class FileEnd {
    private static final int BLOCK_BYTES = 64 << 10;

    private final Content content;
    private final byte[] newline;
    private final byte[] block = new byte[BLOCK_BYTES];

    private FileEnd(Content content, byte[] newline) {
        this.content = content;
        this.newline = newline;
    }

    /**
     * The position behind the last whole line that a file holds now. An archive is decompressed for it.
     *
     * @param sizeBytes the file's size
     * @param newline a newline in the file's encoding
     * @throws IOException if the file cannot be read, or changes meanwhile
     */
    static ReadPosition of(Content content, long sizeBytes, byte[] newline) throws IOException {
        FileEnd search = new FileEnd(content, newline);
        long end = content.isCompressed() ? search.forward() : search.backward(sizeBytes);
        ReadCursor cursor = new ReadCursor();
        cursor.moveTo(content, end);
        if (cursor.offset() != end) {
            throw new IOException("the file became shorter while its end was searched for");
        }
        return cursor.position();
    }

    private long forward() throws IOException {
        long end = 0;
        long at = 0;
        int length = content.read(at, block, block.length);
        while (length > 0) {
            int inBlock = endInBlock(length);
            end = inBlock > 0 ? at + inBlock : end;
            at += length;
            length = content.read(at, block, block.length);
        }
        return end;
    }

    private long backward(long sizeBytes) throws IOException {
        long to = sizeBytes - sizeBytes % newline.length;
        int inBlock = 0;
        while (to > 0 && inBlock == 0) {
            int length = (int) (to % BLOCK_BYTES == 0 ? BLOCK_BYTES : to % BLOCK_BYTES);
            to -= length;
            inBlock = endInBlock(content.read(to, block, length));
        }
        return to + inBlock;
    }

    /** Where the last whole line ends in the block, or 0. Blocks begin at multiples of a character's width, as does a newline. */
    private int endInBlock(int length) {
        for (int at = length - length % newline.length - newline.length; at >= 0; at -= newline.length) {
            if (isNewline(at)) {
                return at + newline.length;
            }
        }
        return 0;
    }

    private boolean isNewline(int at) {
        for (int index = 0; index < newline.length; index++) {
            if (block[at + index] != newline[index]) {
                return false;
            }
        }
        return true;
    }
}
