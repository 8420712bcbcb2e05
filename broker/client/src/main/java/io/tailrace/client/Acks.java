package io.tailrace.client;

/** How many replicas must hold a batch before the broker acknowledges it. */
public enum Acks {
    /** None: the broker does not answer, and records that it refuses are lost silently. */
    NONE(0),
    /** The leader alone: if the leader fails, its records may be lost. */
    LEADER(1),
    /** Every in-sync replica. */
    ALL(-1);

    private final short wire;

    Acks(int wire) {
        this.wire = (short) wire;
    }

    /** The number that a produce request carries. */
    short wire() {
        return wire;
    }

    /** Reads {@code 0}, {@code 1}, {@code -1} or {@code all}. */
    static Acks parse(String value) {
        return switch (value) {
            case "0" -> NONE;
            case "1" -> LEADER;
            case "-1", "all" -> ALL;
            default -> throw new IllegalArgumentException("expected 0, 1 or all");
        };
    }
}
