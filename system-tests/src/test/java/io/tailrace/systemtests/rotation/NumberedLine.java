package io.tailrace.systemtests.rotation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * A line that says who wrote it, without its newline: {@code HOST LOG SEQUENCE LENGTH CHECKSUM PADDING}. All but the padding is
 * ASCII, and numbers have a fixed width.
 *
 * @param sequence its number among all lines of the log
 * @param length its bytes when it was written
 * @param isIntact whether its length and checksum are those that it had when it was written
 */
record NumberedLine(String host, String log, int sequence, int length, boolean isIntact) {
    private static final int SEQUENCE_DIGITS = 9;
    private static final int LENGTH_DIGITS = 6;
    private static final int CHECKSUM_DIGITS = 8;
    private static final int FIELDS = 5;

    /** The bytes of a line and its newline. */
    static byte[] encode(String host, String log, int sequence, byte[] padding) {
        byte[] name = (host + " " + log + " ").getBytes(StandardCharsets.US_ASCII);
        int length = name.length + SEQUENCE_DIGITS + LENGTH_DIGITS + CHECKSUM_DIGITS + 3 + padding.length;
        ByteBuffer line = ByteBuffer.allocate(length + 1).put(name);
        putNumber(line, sequence, SEQUENCE_DIGITS, 10);
        putNumber(line, length, LENGTH_DIGITS, 10);
        int checkedBytes = line.position();
        putNumber(line, checksum(line.array(), checkedBytes, padding, 0), CHECKSUM_DIGITS, 16);
        return line.put(padding).put((byte) '\n').array();
    }

    private static void putNumber(ByteBuffer line, long number, int digits, int radix) {
        String text = Long.toString(number, radix);
        for (int zeros = digits - text.length(); zeros > 0; zeros--) {
            line.put((byte) '0');
        }
        line.put(text.getBytes(StandardCharsets.US_ASCII)).put((byte) ' ');
    }

    private static long checksum(byte[] line, int length, byte[] padding, int from) {
        CRC32 checksum = new CRC32();
        checksum.update(line, 0, length);
        checksum.update(padding, from, padding.length - from);
        return checksum.getValue();
    }

    /** Reads a line, which may have been truncated within its padding; empty if it is none of these. */
    static Optional<NumberedLine> parse(byte[] line) {
        int end = 0;
        for (int spaces = 0; spaces < FIELDS; end++) {
            if (end == line.length) {
                return Optional.empty();
            }
            if (line[end] == ' ') {
                spaces++;
            }
        }
        String[] fields = new String(line, 0, end, StandardCharsets.US_ASCII).split(" ", -1);
        try {
            int length = Integer.parseInt(fields[3]);
            long checksum = Long.parseLong(fields[4], 16);
            boolean isIntact =
                    line.length == length && checksum == checksum(line, end - CHECKSUM_DIGITS - 1, line, end);
            return Optional.of(new NumberedLine(fields[0], fields[1], Integer.parseInt(fields[2]), length, isIntact));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
