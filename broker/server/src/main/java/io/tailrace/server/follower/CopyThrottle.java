package io.tailrace.server.follower;

import io.tailrace.replication.cluster.ReplicationThrottle;
import io.tailrace.server.partition.Partition;

/**
 * Keeps the copying of throttled replicas below a rate (KIP-73): what was copied is paid for by a pause, so that the rate holds
 * over any time that is long against one fetch. Replicas that are in sync are not paused, but what they copy counts, up
 * to half of the rate: they may be faster than that for ever, and the others must get in sync. Thread-safe.
 */
final class CopyThrottle {
    private ReplicationThrottle limits;
    private long freeAtMs = Long.MIN_VALUE;
    /** What replicas in sync have copied since one that is not. */
    private long inSyncBytes;

    CopyThrottle(ReplicationThrottle limits) {
        this.limits = limits;
    }

    /** Takes over other limits. True if the rate is another one; then a pause at the former one is over. */
    synchronized boolean limit(ReplicationThrottle newLimits) {
        boolean isAnotherRate = newLimits.bytesPerSecond() != limits.bytesPerSecond();
        if (isAnotherRate) {
            freeAtMs = Long.MIN_VALUE;
        }
        limits = newLimits;
        return isAnotherRate;
    }

    /** When the partition may be copied again; in the past if it may be now. */
    synchronized long freeAtMs(Partition partition) {
        return limits.covers(partition.id()) && !isInSync(partition) ? freeAtMs : Long.MIN_VALUE;
    }

    /** Bytes of a partition have been copied. */
    synchronized void copied(Partition partition, long bytes, long nowMs) {
        if (bytes == 0 || !limits.covers(partition.id())) {
            return;
        }
        if (isInSync(partition)) {
            inSyncBytes += bytes;
        } else {
            long counted = bytes + Math.min(bytes, inSyncBytes);
            inSyncBytes = 0;
            freeAtMs = Math.max(freeAtMs, nowMs) + counted * 1000 / limits.bytesPerSecond();
        }
    }

    private static boolean isInSync(Partition partition) {
        var view = partition.replica().view();
        return view.agreed()
                .map(agreed -> agreed.state().isr().contains(view.self()))
                .orElse(false);
    }
}
