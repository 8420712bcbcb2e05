package io.tailrace.agent;

import java.nio.file.Path;
import java.util.List;

/**
 * What an agent is told. Immutable.
 *
 * @param host the name under which records and counts say where they come from
 * @param dataDirectory where the checkpoint is; one agent has it for itself
 * @param deadLetterTopic where lines go that cannot become records
 * @param auditTopic where counts go
 * @param auditIntervalMs how often counts are sent
 * @param pollIntervalMs how long the agent sleeps when there is nothing to do
 * @param scanIntervalMs how often directories are listed
 * @param inFlightBytesMax memory of what is read and not acknowledged; over it, nothing is read
 * @param stopTimeoutMs how long a stop waits for acknowledgements
 * @param sources what to follow, at least one, names differing
 */
record AgentConfig(
        String host,
        Path dataDirectory,
        String deadLetterTopic,
        String auditTopic,
        long auditIntervalMs,
        long pollIntervalMs,
        long scanIntervalMs,
        long inFlightBytesMax,
        long stopTimeoutMs,
        List<Source> sources) {
    AgentConfig {
        sources = List.copyOf(sources);
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("no source");
        }
    }
}
