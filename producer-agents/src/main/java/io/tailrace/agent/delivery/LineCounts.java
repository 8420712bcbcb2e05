package io.tailrace.agent.delivery;

/**
 * What became of the lines of a chunk.
 *
 * @param lines how many were sent, as records or dead letters
 * @param bytes bytes of those lines
 * @param deadLetters how many of them became dead letters
 * @param filtered how many were not sent, as the source's configuration has it
 */
public record LineCounts(int lines, long bytes, long deadLetters, int filtered) {}
