package io.tailrace.simulation;

import java.util.Arrays;
import java.util.List;

/**
 * A fault.
 *
 * @param broker the broker it concerns
 * @param other for a cut, the other node
 * @param forMs how long it lasts, or until the broker starts again
 */
record Step(long atMs, Kind kind, int broker, int other, long forMs) {
    enum Kind {
        KILL,
        LOSE_POWER,
        STOP,
        PAUSE,
        CUT,
        CUT_ONE_WAY,
        ISOLATE,
        EXPIRE_SESSION,
        SLOW_DISK,
        BAD_TIMES,
        PREFER_LEADER,
        RETAIN,
        LOWER_MIN_INSYNC,
        KILL_MEMBER,
        RESTART_MEMBER,
        PAUSE_MEMBER,
        BUSY_MEMBER,
        TWIN_MEMBER,
        CLOCK_JUMP,
        FOREIGN_WRITE;

        /** The faults of a partition and its clients. */
        static final List<Kind> OF_PARTITIONS = List.of(
                KILL,
                LOSE_POWER,
                STOP,
                PAUSE,
                CUT,
                CUT_ONE_WAY,
                ISOLATE,
                EXPIRE_SESSION,
                SLOW_DISK,
                BAD_TIMES,
                PREFER_LEADER,
                RETAIN,
                LOWER_MIN_INSYNC);

        /** The faults of groups: an internal topic is not trimmed, and a lease promises nothing if sessions end without a reason. */
        static final List<Kind> OF_GROUPS = Arrays.stream(values())
                .filter(kind -> kind != RETAIN && kind != EXPIRE_SESSION)
                .toList();

        /** The faults of transactions: those of groups, as far as they concern a producer. */
        static final List<Kind> OF_TRANSACTIONS = OF_GROUPS.stream()
                .filter(kind -> kind != RESTART_MEMBER && kind != BUSY_MEMBER && kind != FOREIGN_WRITE)
                .toList();
    }

    @Override
    public String toString() {
        String from = kind == Kind.CUT || kind == Kind.CUT_ONE_WAY
                ? " from " + (other == Network.STORE ? "the store" : "broker " + other)
                : "";
        return "%6d ms  %s broker %d%s for %d ms".formatted(atMs, kind, broker, from, forMs);
    }
}
