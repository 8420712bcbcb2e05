package io.tailrace.coordination;

import io.tailrace.protocol.ErrorCode;
import java.util.regex.Pattern;

/**
 * Which names a topic can have, and how many partitions. A partition's log directory is named {@code topic-partition}, and a
 * file name has at most 255 bytes: the longest name with the highest partition number has 254.
 */
public final class TopicNames {
    static final int LENGTH_MAX = 249;

    /** So partition numbers have at most four digits. */
    static final int PARTITIONS_MAX = 10_000;

    private static final Pattern VALID = Pattern.compile("[a-zA-Z0-9._-]{1," + LENGTH_MAX + "}");
    private static final int QUOTED_MAX = 300;

    private TopicNames() {}

    /** Whether a topic can have this name. */
    public static boolean isValid(String name) {
        return VALID.matcher(name).matches() && !name.equals(".") && !name.equals("..");
    }

    /** @throws TopicException INVALID_TOPIC_EXCEPTION if no topic can have this name */
    static void check(String name) {
        if (!isValid(name)) {
            String quoted = name.length() <= QUOTED_MAX ? name : name.substring(0, QUOTED_MAX) + "...";
            throw new TopicException(
                    ErrorCode.INVALID_TOPIC_EXCEPTION,
                    "topic name must be 1 to " + LENGTH_MAX
                            + " of a-z, A-Z, 0-9, '.', '_' and '-', and neither '.' nor '..', is '" + quoted + "'");
        }
    }
}
