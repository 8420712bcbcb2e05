package io.tailrace.agent.tail;

/**
 * A file that existed when its source was followed for the first time, and of which the lines of that moment are still to be skipped.
 *
 * @param source the source that it belongs to
 * @param id the file
 * @param sizeBytes its size at that moment; of an archive, compressed, or its size when it was last decompressed further
 */
public record FileToSkip(String source, FileId id, long sizeBytes) {}
