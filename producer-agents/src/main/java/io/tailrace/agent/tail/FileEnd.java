package io.tailrace.agent.tail;

import java.io.IOException;

/** Finds the end of a file's last whole line. Not thread-safe. */
final class FileEnd {
    /** Bytes that are searched at once. */
    static final int BLOCK_BYTES = 64 << 10;

    private final Content content;
    private final byte[] newline;
    private final byte[] block = new byte[BLOCK_BYTES];

    private FileEnd(Content content, byte[] newline) {
        this.content = content;
        this.newline = newline;
    }

    /**
     * The position behind the last whole line that a content holds now.
     *
     * @param content of an archive, all must have been decompressed
     * @param newline a newline in the file's encoding
     * @throws IOException if the file cannot be read, or changes meanwhile
     */
    static ReadPosition of(Content content, byte[] newline) throws IOException {
        long end = new FileEnd(content, newline).search();
        ReadCursor cursor = new ReadCursor();
        cursor.moveTo(content, end);
        if (cursor.offset() != end) {
            throw new IOException("the file became shorter while its end was searched for");
        }
        return cursor.position();
    }

    private long search() throws IOException {
        long to = content.end() - content.end() % newline.length;
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
