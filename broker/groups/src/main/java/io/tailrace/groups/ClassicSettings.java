package io.tailrace.groups;

/**
 * The settings of the classic protocol.
 *
 * @param sessionTimeoutMsMin {@code group.min.session.timeout.ms}, inclusive
 * @param sessionTimeoutMsMax {@code group.max.session.timeout.ms}, inclusive
 * @param initialRebalanceDelayMs {@code group.initial.rebalance.delay.ms}: how long the first rebalance of an empty group waits
 *     for further members
 * @param membersMax {@code group.max.size}
 */
public record ClassicSettings(
        int sessionTimeoutMsMin, int sessionTimeoutMsMax, int initialRebalanceDelayMs, int membersMax) {
    /** Settings. Invalid values are reported under the names of the configuration's keys. */
    public ClassicSettings {
        require(sessionTimeoutMsMin >= 1, "group.min.session.timeout.ms", sessionTimeoutMsMin, "at least 1");
        require(
                sessionTimeoutMsMax >= sessionTimeoutMsMin,
                "group.max.session.timeout.ms",
                sessionTimeoutMsMax,
                "at least group.min.session.timeout.ms, " + sessionTimeoutMsMin);
        require(
                initialRebalanceDelayMs >= 0,
                "group.initial.rebalance.delay.ms",
                initialRebalanceDelayMs,
                "at least 0");
        require(membersMax >= 1, "group.max.size", membersMax, "at least 1");
    }

    private static void require(boolean holds, String key, int value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(key + ": expected " + expected + ", found " + value);
        }
    }

    /** Apache Kafka's defaults. */
    public static ClassicSettings defaults() {
        return new ClassicSettings(6_000, 1_800_000, 3_000, Integer.MAX_VALUE);
    }
}
