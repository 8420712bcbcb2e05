package io.tailrace.agent.tail;

import java.util.List;

/**
 * Lines read from a file in one go, to be sent and acknowledged together.
 *
 * @param lines in the order of the file, at least one
 * @param end how far the file has been read when all of them are acknowledged
 */
public record Chunk(List<Line> lines, Mark end) {
    private static final int LINE_OVERHEAD_BYTES = 400;

    public Chunk {
        lines = List.copyOf(lines);
    }

    /** About what the lines take in memory until they are acknowledged: themselves, their records, and objects. */
    public long memoryBytes() {
        return lines.stream()
                .mapToLong(line -> 2L * line.bytes().length + LINE_OVERHEAD_BYTES)
                .sum();
    }
}
