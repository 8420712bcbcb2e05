package io.tailrace.agent.tail;

import java.io.IOException;

/**
 * Finds the end of a file's last whole line: backwards from its end, or in an archive forward, as decompressing never goes back. Not
 * thread-safe.
 */
final class FileEnd {
    /** Bytes that are searched at once. */
    static final int BLOCK_BYTES = 64 << 10;

    private static final long UNKNOWN = -1;

    private final byte[] newline;
    private final long lengthMax;
    private final byte[] block = new byte[BLOCK_BYTES];
    private final ReadCursor cursor = new ReadCursor();
    /** Up to where an archive was searched, and where the search of a plain file goes on backwards. */
    private long searchedTo;

    private long searchedFrom = UNKNOWN;

    /**
     * A search for the end of what a content holds now, or held when it was shorter.
     *
     * @param newline a newline in the file's encoding
     * @param lengthMax bytes of a plain file that count
     */
    FileEnd(byte[] newline, long lengthMax) {
        this.newline = newline;
        this.lengthMax = lengthMax;
    }

    /**
     * The position behind the last whole line that a content holds now.
     *
     * @param newline a newline in the file's encoding
     * @throws IOException if the file cannot be read, or changes meanwhile
     */
    static ReadPosition of(Content content, byte[] newline) throws IOException {
        FileEnd end = new FileEnd(newline, Long.MAX_VALUE);
        end.search(content, ReadBudget.unlimited());
        return end.position();
    }

    /**
     * Searches further.
     *
     * @param content the same in each call
     * @return false if the budget was used up before the end was found
     * @throws IOException if the file cannot be read, or changes meanwhile
     */
    boolean search(Content content, ReadBudget budget) throws IOException {
        return content.isCompressed() ? searchForward(content, budget) : searchBackwards(content, budget);
    }

    /** The position behind the last whole line, when it was found. */
    ReadPosition position() {
        return cursor.position();
    }

    /** A cursor at that position. */
    ReadCursor cursor() {
        return cursor;
    }

    private boolean searchForward(Content content, ReadBudget budget) throws IOException {
        int length = BLOCK_BYTES;
        while (length == BLOCK_BYTES) {
            if (!budget.isLeft() || !content.advanceTo(searchedTo, BLOCK_BYTES, budget)) {
                return false;
            }
            length = content.read(searchedTo, block, BLOCK_BYTES);
            int inBlock = endInBlock(length);
            if (inBlock > 0) {
                moveTo(content, searchedTo + inBlock);
            }
            searchedTo += length;
            budget.take(length);
        }
        return true;
    }

    private boolean searchBackwards(Content content, ReadBudget budget) throws IOException {
        if (searchedFrom == UNKNOWN) {
            long length = Math.min(content.end(), lengthMax);
            searchedFrom = length - length % newline.length;
        }
        int inBlock = 0;
        while (searchedFrom > 0 && inBlock == 0) {
            if (!budget.isLeft()) {
                return false;
            }
            int length = (int) (searchedFrom % BLOCK_BYTES == 0 ? BLOCK_BYTES : searchedFrom % BLOCK_BYTES);
            searchedFrom -= length;
            budget.take(length);
            inBlock = endInBlock(content.read(searchedFrom, block, length));
        }
        moveTo(content, searchedFrom + inBlock);
        return true;
    }

    private void moveTo(Content content, long end) throws IOException {
        cursor.moveTo(content, end);
        if (cursor.offset() != end) {
            throw new IOException("the file became shorter while its end was searched for");
        }
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
