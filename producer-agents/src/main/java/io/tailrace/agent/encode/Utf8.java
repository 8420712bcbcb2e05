package io.tailrace.agent.encode;

/** Checks UTF-8 (RFC 3629) without decoding it. */
final class Utf8 {
    private Utf8() {}

    static boolean isAscii(byte[] bytes, int from, int to) {
        int any = 0;
        for (int at = from; at < to; at++) {
            any |= bytes[at];
        }
        return any >= 0;
    }

    /** The place of the first byte that is not part of a character, or -1 if the bytes are valid. */
    static int invalidAt(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            int length = bytes[at] >= 0 ? 1 : sequenceLength(bytes, at, to);
            if (length == 0) {
                return at;
            }
            at += length;
        }
        return -1;
    }

    /** Bytes of the character at a place that is not ASCII, or 0 if there is none. */
    private static int sequenceLength(byte[] bytes, int at, int to) {
        int first = bytes[at] & 0xff;
        int length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
        if (length == 0 || to - at < length) {
            return 0;
        }
        for (int next = at + 1; next < at + length; next++) {
            if ((bytes[next] & 0xc0) != 0x80) {
                return 0;
            }
        }
        int second = bytes[at + 1] & 0xff;
        boolean isExcluded =
                switch (first) {
                    // Longer than needed.
                    case 0xe0 -> second < 0xa0;
                    case 0xf0 -> second < 0x90;
                    // Surrogates.
                    case 0xed -> second > 0x9f;
                    // Beyond U+10FFFF.
                    case 0xf4 -> second > 0x8f;
                    default -> false;
                };
        return isExcluded ? 0 : length;
    }
}
