package io.tailrace.agent.tail;

import java.util.ArrayDeque;
import java.util.Deque;

/** Arrays of chunks that nobody needs any more, for the next chunks. Those of an agent are mostly of one size. Not thread-safe. */
final class FreeArrays {
    private static final int BYTES_MAX = 4 << 20;

    private final Deque<byte[]> arrays = new ArrayDeque<>();
    private long bytes;

    /** An array of a size, whose content is undefined. */
    byte[] take(int size) {
        byte[] array = arrays.poll();
        if (array == null) {
            return new byte[size];
        }
        bytes -= array.length;
        return array.length == size ? array : new byte[size];
    }

    /** Takes an array that the caller does not use any more, unless there are enough. */
    void giveBack(byte[] array) {
        if (arrays.contains(array)) {
            throw new IllegalStateException("array of " + array.length + " bytes was given back before");
        }
        if (bytes + array.length <= BYTES_MAX) {
            arrays.push(array);
            bytes += array.length;
        }
    }
}
