package io.tailrace.loader;

/** The tables of a topic. */
enum TableKind {
    /** Events, one row each. */
    ROWS,
    /** Records that do not decode. */
    ERRORS
}
