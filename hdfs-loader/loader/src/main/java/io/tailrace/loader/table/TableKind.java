package io.tailrace.loader.table;

/** The tables of a topic. */
public enum TableKind {
    /** Events, one row each. */
    ROWS,
    /** Records that do not decode. */
    ERRORS
}
