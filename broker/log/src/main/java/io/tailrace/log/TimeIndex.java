package io.tailrace.log;

/** SKELETON. */
final class TimeIndex {
    static final int ENTRY_BYTES = 12;
}
