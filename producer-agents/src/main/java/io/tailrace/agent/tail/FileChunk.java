package io.tailrace.agent.tail;

/**
 * What was read next of a source.
 *
 * @param file the content that it was read of
 * @param chunk its lines
 */
public record FileChunk(FollowedFile file, Chunk chunk) {}
