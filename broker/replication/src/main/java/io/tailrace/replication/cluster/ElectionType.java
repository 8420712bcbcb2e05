package io.tailrace.replication.cluster;

/** Which leaders somebody asks for (KIP-460). */
public enum ElectionType {
    /** The preferred leaders, where they are in sync. */
    PREFERRED,
    /** Any replica that is alive, where nobody leads: records that it lacks are lost. */
    UNCLEAN
}
