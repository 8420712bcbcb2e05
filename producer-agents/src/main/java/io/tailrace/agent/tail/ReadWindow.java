package io.tailrace.agent.tail;

import java.io.IOException;
import java.io.InputStream;

/**
 * What is kept of a content that can only be read forward: its first bytes, and the last ones before the end of what was read. So
 * fingerprints can be taken, and the rest of a line be read again. Not thread-safe.
 */
final class ReadWindow {
    private static final int BYTES_MIN = 8 << 10;

    private final byte[] head = new byte[ReadPosition.HEAD_BYTES_MAX];
    private byte[] bytes = new byte[BYTES_MIN];
    private int from;
    private int to;
    private long end;

    /** The position after the last byte. */
    long end() {
        return end;
    }

    /** The position of the first byte that is kept, apart from the content's first bytes. */
    private long start() {
        return end - (to - from);
    }

    /** How many bytes are kept, apart from the content's first bytes. */
    int size() {
        return to - from;
    }

    /** The memory that the window takes. */
    int capacity() {
        return bytes.length;
    }

    /** Whether bytes at a position are kept, as far as they were read. */
    boolean holds(long position, int length) {
        return position >= start() || position + length <= head.length;
    }

    /** Forgets all. */
    void clear() {
        from = 0;
        to = 0;
        end = 0;
    }

    /** Forgets bytes before a position, except the content's first ones. */
    void dropBefore(long position) {
        from += (int) Math.max(0, Math.min(size(), position - start()));
    }

    /**
     * Adds what a stream has.
     *
     * @return how many bytes were added, or -1 at the end of the stream
     */
    int fill(InputStream in, int lengthMax) throws IOException {
        makeRoom(lengthMax);
        int length = in.read(bytes, to, lengthMax);
        added(Math.max(0, length));
        return length;
    }

    void append(byte[] source, int length) {
        makeRoom(length);
        System.arraycopy(source, 0, bytes, to, length);
        added(length);
    }

    private void makeRoom(int length) {
        if (to + length <= bytes.length) {
            return;
        }
        int kept = size();
        // Moving less than was added since the last time costs one copy for each byte at most.
        byte[] target = kept <= from && kept + length <= bytes.length ? bytes : new byte[2 * (kept + length)];
        System.arraycopy(bytes, from, target, 0, kept);
        bytes = target;
        from = 0;
        to = kept;
    }

    private void added(int length) {
        if (end < head.length) {
            System.arraycopy(bytes, to, head, (int) end, (int) Math.min(length, head.length - end));
        }
        to += length;
        end += length;
    }

    /** Copies bytes from a position, as many as there are. Returns how many. */
    int read(long position, byte[] target, int length) {
        int count = (int) Math.max(0, Math.min(length, end - position));
        if (position >= start()) {
            System.arraycopy(bytes, to - (int) (end - position), target, 0, count);
        } else {
            System.arraycopy(head, (int) position, target, 0, count);
        }
        return count;
    }
}
