package io.tailrace.server.api;

import java.util.regex.Pattern;

/** What a topic may be called. */
final class TopicNames {
    /** A partition's directory is the topic's name and its index, and a file name has at most 255 bytes. */
    private static final int LENGTH_MAX = 249;

    private static final Pattern LEGAL = Pattern.compile("[a-zA-Z0-9._-]{1," + LENGTH_MAX + "}");

    private TopicNames() {}

    static boolean isValid(String name) {
        return LEGAL.matcher(name).matches() && !name.equals(".") && !name.equals("..");
    }

    /** What is expected of a name, for a client that sent another. */
    static String expected() {
        return "1 to " + LENGTH_MAX + " letters, digits, dots, underscores and dashes, and neither . nor ..";
    }
}
