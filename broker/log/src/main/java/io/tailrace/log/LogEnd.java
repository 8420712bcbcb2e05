package io.tailrace.log;

/**
 * Where a log ended after an append: a consistent pair of offset and place, which readers take without a lock.
 *
 * @param offset log end offset, exclusive
 * @param segment the active segment then
 * @param position its size then
 */
record LogEnd(long offset, Segment segment, int position) {}
