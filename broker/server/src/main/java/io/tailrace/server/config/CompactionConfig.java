package io.tailrace.server.config;

/**
 * How logs are compacted in the background; which and when is decided by topic.
 *
 * @param threadsPerDirectory {@code log.cleaner.threads}
 * @param mapBytesMax memory for the keys of one log, for each thread: its part of {@code log.cleaner.dedupe.buffer.size}
 * @param bytesPerSecondMax {@code log.cleaner.io.max.bytes.per.second}: reads and writes of all threads
 * @param backoffMs {@code log.cleaner.backoff.ms}: pause when nothing is to be compacted, and after a failure
 */
public record CompactionConfig(int threadsPerDirectory, long mapBytesMax, double bytesPerSecondMax, long backoffMs) {}
