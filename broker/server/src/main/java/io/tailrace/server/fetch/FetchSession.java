package io.tailrace.server.fetch;

/**
 * A client's fetch session (KIP-227): a plan that lasts from one fetch to the next. The fields that change are guarded by the
 * monitor of {@link FetchSessions}.
 */
final class FetchSession {
    private final int id;
    private final FetchPlan plan;
    private final long createdMs;
    private int nextEpoch = 1;
    private long lastUsedMs;
    private int partitions;
    private boolean inUse = true;
    private boolean closed;

    FetchSession(int id, FetchPlan plan, long nowMs) {
        this.id = id;
        this.plan = plan;
        this.createdMs = nowMs;
        this.lastUsedMs = nowMs;
        count();
    }

    int id() {
        return id;
    }

    FetchPlan plan() {
        return plan;
    }

    /** Followers' sessions are kept before those of consumers. */
    boolean isPrivileged() {
        return plan.requester().isFollower();
    }

    long createdMs() {
        return createdMs;
    }

    long lastUsedMs() {
        return lastUsedMs;
    }

    /** Partitions as they were last {@linkplain #count counted}. */
    int partitions() {
        return partitions;
    }

    void count() {
        partitions = plan.size();
    }

    int nextEpoch() {
        return nextEpoch;
    }

    boolean isInUse() {
        return inUse;
    }

    boolean isClosed() {
        return closed;
    }

    void begin(long nowMs) {
        inUse = true;
        lastUsedMs = nowMs;
        nextEpoch = nextEpoch == Integer.MAX_VALUE ? 1 : nextEpoch + 1;
    }

    void end(long nowMs) {
        inUse = false;
        lastUsedMs = nowMs;
    }

    void close() {
        closed = true;
    }
}
