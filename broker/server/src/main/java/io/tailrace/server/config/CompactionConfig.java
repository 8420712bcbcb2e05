package io.tailrace.server.config;

/**
 * How logs are compacted in the background. Topic settings decide which logs are compacted, and when.
 *
 * @param threadsPerDirectory {@code log.cleaner.threads}
 * @param mapBytesMax memory for the keys of one log, for each thread: its part of {@code log.cleaner.dedupe.buffer.size}
 * @param bytesPerSecondMax {@code log.cleaner.io.max.bytes.per.second}: reads and writes of all threads
 * @param backoffMs {@code log.cleaner.backoff.ms}: pause when there is nothing to compact, and after a failure
 */
public record CompactionConfig(int threadsPerDirectory, long mapBytesMax, double bytesPerSecondMax, long backoffMs) {}
