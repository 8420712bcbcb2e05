package io.tailrace.server.follower;

import io.tailrace.replication.cluster.ReplicationThrottle;
import io.tailrace.server.partition.Partition;

/**
 * Keeps the copying of throttled replicas below a rate (KIP-73). Each copy is followed by a pause, so the rate holds over any
 * period that is long compared with one fetch. Replicas in sync are never paused, but the bytes they copy count, up to half of
 * the rate: they may permanently exceed the rate, and the other replicas must still catch up. Thread-safe.
 */
final class CopyThrottle {
    private ReplicationThrottle limits;
    private long pausedUntilMs = Long.MIN_VALUE;
    /** Bytes that replicas in sync have copied since a replica out of sync last did. */
    private long inSyncBytes;

    CopyThrottle(ReplicationThrottle limits) {
        this.limits = limits;
    }

    /** Applies new limits. Returns whether the rate has changed; then the pause for the old rate is over. */
    synchronized boolean limit(ReplicationThrottle newLimits) {
        boolean rateChanged = newLimits.bytesPerSecond() != limits.bytesPerSecond();
        if (rateChanged) {
            pausedUntilMs = Long.MIN_VALUE;
        }
        limits = newLimits;
        return rateChanged;
    }

    /** Whether no partition is ever paused. */
    synchronized boolean isUnlimited() {
        return limits.bytesPerSecond() == ReplicationThrottle.UNLIMITED;
    }

    /** Whether the limits apply to the partition. */
    synchronized boolean covers(Partition partition) {
        return limits.covers(partition.id());
    }

    /** When the partition may be copied again; in the past if it may be copied now. */
    synchronized long pausedUntilMs(Partition partition) {
        return limits.covers(partition.id()) && !isInSync(partition) ? pausedUntilMs : Long.MIN_VALUE;
    }

    /** Counts bytes of a partition that have been copied. */
    synchronized void copied(Partition partition, long bytes, long nowMs) {
        if (bytes == 0 || !limits.covers(partition.id())) {
            return;
        }
        if (isInSync(partition)) {
            inSyncBytes += bytes;
        } else {
            long counted = bytes + Math.min(bytes, inSyncBytes);
            inSyncBytes = 0;
            pausedUntilMs = Math.max(pausedUntilMs, nowMs) + counted * 1000 / limits.bytesPerSecond();
        }
    }

    private static boolean isInSync(Partition partition) {
        var view = partition.replica().view();
        return view.agreed()
                .map(agreed -> agreed.state().isr().contains(view.self()))
                .orElse(false);
    }
}
