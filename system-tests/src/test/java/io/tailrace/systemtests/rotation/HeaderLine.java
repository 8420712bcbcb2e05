package io.tailrace.systemtests.rotation;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A line of the header that each file of some logs begins with, the same in all of them, so that they begin alike.
 *
 * @param number its place in the header
 */
record HeaderLine(int number) {
    private static final String PATTERN = "#%06d Software: the same in each file of each log ";
    /** A line's length, with its newline. */
    static final int BYTES = 128;

    /** The line and its newline. */
    byte[] encode() {
        String text = PATTERN.formatted(number);
        return (text + "-".repeat(BYTES - 1 - text.length()) + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** Where it begins in its file. */
    long offset() {
        return (long) number * BYTES;
    }

    /** Reads a line without its newline; empty if it is no line of a header. */
    static Optional<HeaderLine> parse(byte[] line) {
        if (line.length != BYTES - 1 || line[0] != '#') {
            return Optional.empty();
        }
        String text = new String(line, StandardCharsets.US_ASCII);
        try {
            HeaderLine header = new HeaderLine(Integer.parseInt(text, 1, 7, 10));
            return new String(header.encode(), StandardCharsets.US_ASCII).equals(text + "\n")
                    ? Optional.of(header)
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
