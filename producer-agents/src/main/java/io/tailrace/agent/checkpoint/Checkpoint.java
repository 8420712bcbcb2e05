package io.tailrace.agent.checkpoint;

import io.tailrace.agent.audit.AuditLedger;
import io.tailrace.agent.tail.FileProgress;
import io.tailrace.agent.tail.FileToSkip;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the agent has done: how far each content was sent and acknowledged, and the counts of its lines. Neither is right
 * without the other, so they are written together. Immutable.
 *
 * @param agent the agent's identity, generated with its first checkpoint
 * @param files every content of which anything was sent
 * @param audit the counts
 * @param sources names of the sources that were followed before, even if they had no files
 * @param filesToSkip files whose lines of the source's first start are still to be skipped
 * @param readUpToMs what was stated last of each topic: before this event time, no line is missing
 */
public record Checkpoint(
        String agent,
        List<FileProgress> files,
        Set<String> sources,
        Set<FileToSkip> filesToSkip,
        AuditLedger.State audit,
        Map<String, Long> readUpToMs) {
    public Checkpoint {
        files = List.copyOf(files);
        sources = Set.copyOf(sources);
        filesToSkip = Set.copyOf(filesToSkip);
        readUpToMs = Map.copyOf(readUpToMs);
    }

    /** The checkpoint of a new agent. */
    public static Checkpoint initial(String agent) {
        return new Checkpoint(agent, List.of(), Set.of(), Set.of(), AuditLedger.State.NEW, Map.of());
    }

    /** The same checkpoint with other contents. */
    public Checkpoint withFiles(List<FileProgress> others) {
        return new Checkpoint(agent, others, sources, filesToSkip, audit, readUpToMs);
    }
}
