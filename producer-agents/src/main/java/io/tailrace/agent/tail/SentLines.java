package io.tailrace.agent.tail;

/**
 * Lines of a content that were sent and not acknowledged: from the end of the ones before, or the acknowledged position.
 *
 * @param end the position after them
 * @param readMs when they were first read
 */
public record SentLines(ReadPosition end, long readMs) {}
