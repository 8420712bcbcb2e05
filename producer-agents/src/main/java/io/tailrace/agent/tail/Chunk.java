package io.tailrace.agent.tail;

import java.util.List;

/**
 * Lines that were read from a file in one go, to be sent and acknowledged together.
 *
 * @param lines in the order of the file, at least one
 * @param end the file's position once all lines are acknowledged
 * @param readMs when the lines were first read: before a crash, if they may have been sent then
 */
public record Chunk(List<Line> lines, ReadPosition end, long readMs) {
    private static final int LINE_OVERHEAD_BYTES = 400;

    public Chunk {
        lines = List.copyOf(lines);
    }

    /** An estimate of the memory that the lines take until they are acknowledged: their bytes, records and objects. */
    public long memoryBytes() {
        return lines.stream()
                .mapToLong(line -> 2L * line.bytes().length + LINE_OVERHEAD_BYTES)
                .sum();
    }
}
