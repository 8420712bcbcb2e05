package io.tailrace.replication.simulation;

/**
 * Something that is done to the cluster.
 *
 * @param broker to which broker
 * @param other for a cut, the node it is cut from
 * @param forMs how long it lasts, or until the broker is started again
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
        LOWER_MIN_INSYNC
    }

    @Override
    public String toString() {
        String from = kind == Kind.CUT || kind == Kind.CUT_ONE_WAY
                ? " from " + (other == Network.STORE ? "the store" : "broker " + other)
                : "";
        return "%6d ms  %s broker %d%s for %d ms".formatted(atMs, kind, broker, from, forMs);
    }
}
