package io.tailrace.replication.cluster;

/** The kind of leader that is requested (KIP-460). */
public enum ElectionType {
    /** The preferred leaders, where they are in sync. */
    PREFERRED,
    /** Any live replica, where there is no leader. Records that it lacks are lost. */
    UNCLEAN
}
