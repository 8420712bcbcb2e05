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

    /** The position behind the last whole line that a content holds now. */
    static ReadPosition of(Content content, byte[] newline) throws IOException {
        return of(content, newline, Long.MAX_VALUE);
    }

    /**
     * The position behind the last whole line that a content holds now, or held when it was shorter.
     *
     * @param content of an archive, all must have been decompressed
     * @param newline a newline in the file's encoding
     * @param lengthMax bytes of the content that count
     * @throws IOException if the file cannot be read, or changes meanwhile
     */
    static ReadPosition of(Content content, byte[] newline, long lengthMax) throws IOException {
        long end = new FileEnd(content, newline).search(Math.min(content.end(), lengthMax));
        ReadCursor cursor = new ReadCursor();
        cursor.moveTo(content, end);
        if (cursor.offset() != end) {
            throw new IOException("the file became shorter while its end was searched for");
        }
        return cursor.position();
    }

    private long search(long length) throws IOException {
        long to = length - length % newline.length;
        int inBlock = 0;
        while (to > 0 && inBlock == 0) {
            int blockBytes = (int) (to % BLOCK_BYTES == 0 ? BLOCK_BYTES : to % BLOCK_BYTES);
            to -= blockBytes;
            inBlock = endInBlock(content.read(to, block, blockBytes));
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
