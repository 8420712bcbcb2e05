package io.tailrace.agent.checkpoint;

import io.tailrace.agent.ship.AuditLedger;
import io.tailrace.agent.tail.FollowedFile;
import java.util.List;

/**
 * What the agent has done: how far each content was acknowledged, and the counts of it. One cannot be right without
 * the other, so they are kept together.
 *
 * @param version of this format: {@link #VERSION}
 * @param agent the agent's identity, made up with its first checkpoint
 * @param files every content that anything was acknowledged of
 * @param audit the counts
 */
public record Checkpoint(int version, String agent, List<FollowedFile.Entry> files, AuditLedger.State audit) {
    static final int VERSION = 1;

    public Checkpoint(String agent, List<FollowedFile.Entry> files, AuditLedger.State audit) {
        this(VERSION, agent, files, audit);
    }

    /** The checkpoint of an agent that has done nothing. */
    public static Checkpoint of(String agent) {
        return new Checkpoint(agent, List.of(), AuditLedger.State.NEW);
    }
}
