package io.tailrace.agent.parse;

import java.util.Arrays;

/** Finds method, path and protocol in a request line. Reused for each line; not thread-safe. */
final class RequestLine {
    /** Where each part starts and ends; -1 if it is missing. */
    private final int[] bounds = new int[6];

    static final int METHOD = 0;
    static final int PATH = 1;
    static final int PROTOCOL = 2;

    /**
     * Splits a request line: {@code METHOD PATH}, or {@code METHOD PATH PROTOCOL}, where the path may contain spaces.
     *
     * @return whether it is one. Scanners and broken clients send others
     */
    boolean split(byte[] text, int from, int to) {
        Arrays.fill(bounds, -1);
        int methodEnd = from;
        while (methodEnd < to && isMethodCharacter(text[methodEnd])) {
            methodEnd++;
        }
        if (methodEnd == from || methodEnd + 1 >= to || text[methodEnd] != ' ') {
            return false;
        }
        int lastSpace = to - 1;
        while (text[lastSpace] != ' ') {
            lastSpace--;
        }
        boolean hasProtocol = lastSpace > methodEnd && isProtocol(text, lastSpace + 1, to);
        set(METHOD, from, methodEnd);
        set(PATH, methodEnd + 1, hasProtocol ? lastSpace : to);
        if (hasProtocol) {
            set(PROTOCOL, lastSpace + 1, to);
        }
        return true;
    }

    private void set(int part, int from, int to) {
        bounds[2 * part] = from;
        bounds[2 * part + 1] = to;
    }

    /** RFC 9110, section 5.6.2. */
    private static boolean isMethodCharacter(byte c) {
        return (c >= 'A' && c <= 'Z')
                || (c >= 'a' && c <= 'z')
                || (c >= '0' && c <= '9')
                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }

    /** As {@code HTTP/1.1} or {@code HTTP/2}. */
    private static boolean isProtocol(byte[] text, int from, int to) {
        int at = from;
        while (at < to && text[at] >= 'A' && text[at] <= 'Z') {
            at++;
        }
        boolean hasVersion = at > from && at + 1 < to && text[at] == '/';
        for (int version = at + 1; version < to; version++) {
            hasVersion &= text[version] == '.' || (text[version] >= '0' && text[version] <= '9');
        }
        return hasVersion;
    }

    /** Where a part starts, or -1 if the line has none. */
    int start(int part) {
        return bounds[2 * part];
    }

    int end(int part) {
        return bounds[2 * part + 1];
    }
}
