package io.tailrace.agent.tail;

/**
 * A line of a file, without its line end.
 *
 * @param offset where it begins, in bytes of the (decompressed) file
 * @param bytes the line as it stands there, or its beginning when it is overlong
 * @param droppedBytes how much of an overlong line is not in {@code bytes}; 0 for every other
 */
// Lines are never compared.
@SuppressWarnings("ArrayRecordComponent")
public record Line(long offset, byte[] bytes, long droppedBytes) {
    public boolean isOverlong() {
        return droppedBytes > 0;
    }
}
