package io.tailrace.agent.checkpoint;

import io.tailrace.agent.delivery.AuditLedger;
import io.tailrace.agent.tail.FileProgress;
import java.util.List;

/**
 * What the agent has done: how far each content was acknowledged, and the counts of its lines. Neither is right without
 * the other, so they are written together. Immutable.
 *
 * @param agent the agent's identity, generated with its first checkpoint
 * @param files every content of which anything was acknowledged
 * @param audit the counts
 */
public record Checkpoint(String agent, List<FileProgress> files, AuditLedger.State audit) {
    public Checkpoint {
        files = List.copyOf(files);
    }

    /** The checkpoint of a new agent. */
    public static Checkpoint initial(String agent) {
        return new Checkpoint(agent, List.of(), AuditLedger.State.NEW);
    }
}
