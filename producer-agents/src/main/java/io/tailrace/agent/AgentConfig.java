package io.tailrace.agent;

import io.tailrace.agent.transaction.AgentTransactionConfig;
import io.tailrace.metrics.MetricsListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * An agent's configuration. Immutable.
 *
 * @param host the host name in records and counts
 * @param dataDirectory directory of the checkpoint, for this agent alone
 * @param deadLetterTopic topic of the lines that cannot become records
 * @param eventAheadMaxMs how far an event may be ahead of the clock; a later one is a dead letter
 * @param audit how the agent states what it has sent
 * @param pollIntervalMs how long the agent sleeps when there is nothing to do
 * @param scanIntervalMs how often directories are listed
 * @param watchDirectories whether the kernel is asked what has changed in directories, where that works
 * @param filesOpenMax most logs that are open at a time
 * @param inFlightBytesMax memory of lines that are read and not acknowledged; above it, nothing is read
 * @param stopTimeoutMs how long a stop waits for acknowledgements
 * @param metrics where to serve metrics and health
 * @param transactions how lines are sent in transactions; empty if they are not
 * @param sources what to follow; at least one, with distinct names
 */
record AgentConfig(
        String host,
        Path dataDirectory,
        String deadLetterTopic,
        long eventAheadMaxMs,
        AuditConfig audit,
        long pollIntervalMs,
        long scanIntervalMs,
        boolean watchDirectories,
        int filesOpenMax,
        long inFlightBytesMax,
        long stopTimeoutMs,
        MetricsListener metrics,
        Optional<AgentTransactionConfig> transactions,
        List<Source> sources) {
    AgentConfig {
        sources = List.copyOf(sources);
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("no source: expected at least one");
        }
    }

    /** The topics of the sources, and that of the dead letters. */
    Set<String> topics() {
        Set<String> topics = new TreeSet<>(Set.of(deadLetterTopic));
        sources.forEach(source -> topics.add(source.topic()));
        return topics;
    }

    /** For a run that ends by itself: it must not give up before the last record of a file counts as whole. */
    AgentConfig forOneRun() {
        List<Source> ending = sources.stream().map(Source::forOneRun).toList();
        return new AgentConfig(
                host,
                dataDirectory,
                deadLetterTopic,
                eventAheadMaxMs,
                audit,
                pollIntervalMs,
                scanIntervalMs,
                watchDirectories,
                filesOpenMax,
                inFlightBytesMax,
                stopTimeoutMs,
                metrics,
                transactions,
                ending);
    }
}
