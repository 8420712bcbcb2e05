package io.tailrace.loader.audit;

/** The result of an audit of a host's records in an hour. */
public enum Verdict {
    /** The table has exactly the records that the host's agents sent. */
    COMPLETE,
    /** The table has fewer records than were sent. */
    MISSING,
    /** The table has more records than were sent. */
    EXTRA,
    /** The table has as many records as were sent, and they are not the same ones. */
    ALTERED,
    /** More records may come: an agent has not read the hour, or the loader has not loaded it. */
    WAITING,
    /** No agent counts the host's records, or a file has no sums. */
    UNAUDITED;

    /** Whether an hour with this verdict needs no attention. */
    public boolean isGood() {
        return this == COMPLETE || this == UNAUDITED;
    }
}
