package io.tailrace.groups;

import java.util.HashSet;
import java.util.Set;

/** The state of a {@link ConsumerGroup} that the coordinator does not store. Confined to the group's shard. */
public final class ConsumerGroupVolatile {
    /** Less than every version of a cluster. */
    private static final long NEVER = -1;

    private final Set<String> informed = new HashSet<>();
    private final Set<String> rejoining = new HashSet<>();
    private long checkedCluster = NEVER;
    private long matchedCluster = NEVER;
    private long matchedMs = NEVER;

    ConsumerGroupVolatile() {}

    /** Whether the group's topics were compared with this version of the cluster. */
    public boolean isChecked(long clusterVersion) {
        return checkedCluster == clusterVersion;
    }

    /** The group's topics were compared with the cluster. */
    public void checked(long clusterVersion) {
        checkedCluster = clusterVersion;
    }

    /**
     * Whether the patterns should be matched against the topics' names again: the cluster has changed and the last match is not
     * too recent, or the last match is long ago.
     *
     * @param afterChangeMs the minimum time since the last match if the cluster has changed
     * @param alwaysMs the time after which patterns are always matched again
     */
    public boolean isMatchDue(long clusterVersion, long nowMs, long afterChangeMs, long alwaysMs) {
        long agoMs = nowMs - matchedMs;
        boolean isClockSetBack = agoMs < 0;
        return matchedCluster == NEVER
                || isClockSetBack
                || agoMs >= alwaysMs
                || (matchedCluster != clusterVersion && agoMs >= afterChangeMs);
    }

    /** The patterns were matched against the topics' names. */
    public void matched(long clusterVersion, long nowMs) {
        matchedCluster = clusterVersion;
        matchedMs = nowMs;
    }

    /** Whether a member has been sent its assignment by this coordinator. */
    public boolean isInformed(String memberId) {
        return informed.contains(memberId);
    }

    /** A member was sent its assignment. */
    public void informed(String memberId) {
        informed.add(memberId);
    }

    /** Whether a member of the classic protocol was asked to join again and has not yet done so. */
    public boolean isRejoining(String memberId) {
        return rejoining.contains(memberId);
    }

    /** A member of the classic protocol was asked to join again. */
    public void askedToRejoin(String memberId) {
        rejoining.add(memberId);
    }

    /** A member has joined again. */
    public void rejoined(String memberId) {
        rejoining.remove(memberId);
    }

    /** A member was removed. */
    void removed(String memberId) {
        informed.remove(memberId);
        rejoining.remove(memberId);
    }
}
