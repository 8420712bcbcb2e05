package io.tailrace.agent.tail;

/**
 * A line of a file, without its line end.
 *
 * @param offset where it begins, in bytes of the (decompressed) file
 * @param bytes the whole line, or the beginning of an overlong one
 * @param droppedBytes how much of an overlong line is missing from {@code bytes}, else 0
 */
// The array is safe in a record: lines are never compared.
@SuppressWarnings("ArrayRecordComponent")
public record Line(long offset, byte[] bytes, long droppedBytes) {
    public boolean isOverlong() {
        return droppedBytes > 0;
    }
}
