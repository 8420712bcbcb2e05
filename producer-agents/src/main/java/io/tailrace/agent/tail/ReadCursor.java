package io.tailrace.agent.tail;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/** Where a reader is in a content, with the bytes that the fingerprint of its {@link ReadPosition} is made of. */
final class ReadCursor {
    private final byte[] head = new byte[ReadPosition.HEAD_BYTES_MAX];
    private byte[] tail = new byte[0];
    private long offset;
    /** The first of the bytes that it was moved past last; empty if they were not read. */
    private byte[] lastBeginning = {};

    /**
     * A cursor at a position that was reached earlier.
     *
     * @return empty if the content holds other bytes before the position, or fewer
     */
    static Optional<ReadCursor> resume(Content content, ReadPosition position) throws IOException {
        if (!beginsAs(content, position)) {
            // The rest may take long to decompress.
            return Optional.empty();
        }
        ReadCursor cursor = new ReadCursor();
        cursor.moveTo(content, position.offset());
        return cursor.position().equals(position) ? Optional.of(cursor) : Optional.empty();
    }

    /** Whether a content has the first bytes of a position's fingerprint. */
    static boolean beginsAs(Content content, ReadPosition position) throws IOException {
        byte[] head = new byte[position.headBytes()];
        return head.length == 0
                || (content.read(0, head, head.length) == head.length
                        && ReadPosition.hash(head, head.length).equals(position.headHash()));
    }

    /** Whether a content ends before a position. */
    static boolean ends(Content content, ReadPosition before) throws IOException {
        ReadCursor there = new ReadCursor();
        there.moveTo(content, before.offset());
        return there.offset == 0;
    }

    /** Bytes read, and so where the next line begins. */
    long offset() {
        return offset;
    }

    /** Moves past bytes that were read at the offset. */
    void advance(byte[] bytes, int length) {
        lastBeginning = Arrays.copyOf(bytes, Math.min(length, RecentPlaces.Place.BEGINNING_BYTES_MAX));
        if (offset < head.length) {
            System.arraycopy(bytes, 0, head, (int) offset, (int) Math.min(length, head.length - offset));
        }
        if (length >= ReadPosition.TAIL_BYTES_MAX) {
            tail = Arrays.copyOfRange(bytes, length - ReadPosition.TAIL_BYTES_MAX, length);
        } else {
            int kept = Math.min(tail.length, ReadPosition.TAIL_BYTES_MAX - length);
            byte[] moved = Arrays.copyOfRange(tail, tail.length - kept, tail.length + length);
            System.arraycopy(bytes, 0, moved, kept, length);
            tail = moved;
        }
        offset += length;
    }

    /** Moves forward without reading what is in between. Returns to 0 if the content ends before the new offset. */
    void moveTo(Content content, long newOffset) throws IOException {
        lastBeginning = new byte[0];
        int headLength = (int) Math.min(newOffset, head.length);
        int headFound = content.read(0, head, headLength);
        byte[] newTail = new byte[(int) Math.min(newOffset, ReadPosition.TAIL_BYTES_MAX)];
        int tailFound = content.read(newOffset - newTail.length, newTail, newTail.length);
        tail = newTail;
        offset = headFound == headLength && tailFound == newTail.length ? newOffset : 0;
    }

    /** The first of the bytes that it was moved past last; empty if they were not read. */
    byte[] lastBeginning() {
        return lastBeginning;
    }

    /** Whether the content still holds what was read: false after a truncation, even if as much was written since. */
    boolean matches(Content content) throws IOException {
        if (content.endsBefore(offset)) {
            return false;
        }
        int headLength = (int) Math.min(offset, head.length);
        return holds(content, 0, head, headLength) && holds(content, offset - tail.length, tail, tail.length);
    }

    /**
     * Whether the content still holds what was read, as far as that can be said without decompressing it again.
     *
     * @param unreadHead what it began with, if nothing was read
     */
    boolean mayBeIn(Content content, Head unreadHead) throws IOException {
        if (offset == 0 && !content.isCompressed()) {
            return Head.of(content).startsWith(unreadHead);
        }
        return !content.mayHaveChanged() || !content.advanceTo(offset, 0, new ReadBudget(0)) || matches(content);
    }

    private static boolean holds(Content content, long at, byte[] expected, int length) throws IOException {
        byte[] found = new byte[length];
        return content.read(at, found, length) == length && Arrays.equals(found, 0, length, expected, 0, length);
    }

    /** Whether a file begins like the bytes that were read, as far as both go. */
    boolean beginsLike(Head other) {
        return other.beginsLike(head, (int) Math.min(offset, head.length));
    }

    /** The first bytes that were read. */
    Head head() {
        return Head.of(head, (int) Math.min(offset, head.length));
    }

    ReadPosition position() {
        if (offset == 0) {
            return ReadPosition.START;
        }
        int headLength = (int) Math.min(offset, head.length);
        return new ReadPosition(offset, ReadPosition.hash(head, headLength), ReadPosition.hash(tail, tail.length));
    }
}
