package io.tailrace.agent.tail;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/** The bytes behind a reader that make its {@link Mark}: the content's first ones, and those before its position. */
final class Trail {
    private final byte[] head = new byte[Mark.HEAD_BYTES_MAX];
    private byte[] tail = new byte[0];
    private long position;

    /**
     * Goes on from a mark, if the content is the one that it was made of.
     *
     * @return empty when other bytes stand there, or fewer
     */
    static Optional<Trail> resume(Content content, Mark mark) throws IOException {
        Trail trail = new Trail();
        trail.moveTo(content, mark.position());
        return trail.mark().equals(mark) ? Optional.of(trail) : Optional.empty();
    }

    long position() {
        return position;
    }

    /** Moves on over bytes that were read at the position. */
    void advance(byte[] bytes, int length) {
        if (position < head.length) {
            System.arraycopy(bytes, 0, head, (int) position, (int) Math.min(length, head.length - position));
        }
        if (length >= Mark.TAIL_BYTES_MAX) {
            tail = Arrays.copyOfRange(bytes, length - Mark.TAIL_BYTES_MAX, length);
        } else {
            int kept = Math.min(tail.length, Mark.TAIL_BYTES_MAX - length);
            byte[] moved = Arrays.copyOfRange(tail, tail.length - kept, tail.length + length);
            System.arraycopy(bytes, 0, moved, kept, length);
            tail = moved;
        }
        position += length;
    }

    /** Moves to a position further on without having read what is between. */
    void moveTo(Content content, long newPosition) throws IOException {
        int headLength = (int) Math.min(newPosition, head.length);
        int headFound = content.read(0, head, headLength);
        byte[] newTail = new byte[(int) Math.min(newPosition, Mark.TAIL_BYTES_MAX)];
        int tailFound = content.read(newPosition - newTail.length, newTail, newTail.length);
        tail = newTail;
        // A content that is shorter than the mark says must not look like it.
        position = headFound == headLength && tailFound == newTail.length ? newPosition : 0;
    }

    /** Whether what was read still stands in the file: false after a truncation, even one that was written over. */
    boolean isStillIn(Content content) throws IOException {
        if (content.endsBefore(position)) {
            return false;
        }
        int headLength = (int) Math.min(position, head.length);
        return stands(content, 0, head, headLength) && stands(content, position - tail.length, tail, tail.length);
    }

    /** Whether other bytes begin as these did, as far as both go. */
    boolean beginsLike(byte[] bytes, int length) {
        int common = (int) Math.min(Math.min(position, head.length), length);
        return Arrays.equals(head, 0, common, bytes, 0, common);
    }

    private static boolean stands(Content content, long at, byte[] expected, int length) throws IOException {
        byte[] found = new byte[length];
        return content.read(at, found, length) == length && Arrays.equals(found, 0, length, expected, 0, length);
    }

    Mark mark() {
        return position == 0
                ? Mark.START
                : new Mark(
                        position, Mark.hash(head, (int) Math.min(position, head.length)), Mark.hash(tail, tail.length));
    }
}
