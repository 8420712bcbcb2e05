package io.tailrace.server.cluster;

/** Limits the bytes that all moves of replicas together copy. Unused allowance is kept for one second at most. Thread-safe. */
final class MoveRate {
    /** Guarded by this object's monitor, as are the following fields. */
    private long bytesPerSecond = ReplicaMoves.UNLIMITED;
    /** Negative after a chunk that exceeded it. */
    private long allowance;

    private long allowanceAtMs;

    MoveRate(long nowMs) {
        this.allowanceAtMs = nowMs;
    }

    /** Sets the limit, at least 1; {@link ReplicaMoves#UNLIMITED} for none. */
    synchronized void limit(long newBytesPerSecond) {
        bytesPerSecond = newBytesPerSecond;
    }

    /** Bytes that may be copied now; none if the number is not positive. */
    synchronized long allowance(long nowMs) {
        if (bytesPerSecond == ReplicaMoves.UNLIMITED) {
            allowance = ReplicaMoves.UNLIMITED;
            allowanceAtMs = nowMs;
            return allowance;
        }
        allowance = Math.min(allowance, bytesPerSecond);
        long earned = (long) ((double) bytesPerSecond * (nowMs - allowanceAtMs) / 1000);
        if (earned > 0) {
            allowance = Math.min(bytesPerSecond, allowance + earned);
            allowanceAtMs = nowMs;
        }
        return allowance;
    }

    /** Counts bytes that were copied. */
    synchronized void copied(long bytes) {
        if (bytesPerSecond != ReplicaMoves.UNLIMITED) {
            allowance -= bytes;
        }
    }
}
