package io.tailrace.log;

/**
 * The end of a log after an append: a consistent pair of offset and position, which readers take without a lock.
 *
 * @param offset log end offset, exclusive
 * @param segment the active segment
 * @param position its size
 */
record LogEnd(long offset, Segment segment, int position) {}
