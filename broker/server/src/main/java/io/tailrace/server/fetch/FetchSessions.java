package io.tailrace.server.fetch;

import io.tailrace.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The fetch sessions of this broker (KIP-227), bounded in number and in partitions. A client without a session names all its
 * partitions in each fetch.
 *
 * <p>A new session replaces as many others as it needs: first those that have been unused for two minutes; then, if it is a
 * follower's, the smallest ones of consumers; then smaller ones of its kind that are at least two minutes old. If these do not
 * make enough room, none is closed. A session that has been unused for two minutes is closed even if its place is not needed,
 * because partitions spend work on marking changes in it.
 *
 * <p>Thread-safe. A session is used by one fetch at a time; one that is closed meanwhile ends with that fetch.
 */
public final class FetchSessions {
    static final long UNUSED_MS_MAX = 120_000;
    private static final long EXPIRY_INTERVAL_MS = 10_000;

    /**
     * The pause after an unsuccessful search for a session that a consumer's may replace, because a search looks at all sessions.
     */
    static final long SEARCH_INTERVAL_MS = 1_000;

    /** Memory of a partition in a session, approximately. */
    private static final int PARTITION_BYTES = 400;

    private static final Comparator<FetchSession> LEAST_FIRST =
            Comparator.comparing(FetchSession::isPrivileged).thenComparing(FetchSession::partitions);

    /** Why a session cannot be used, or the session. */
    record Use(ErrorCode error, @Nullable FetchSession session) {}

    private final int sessionsMax;
    private final int partitionsMax;
    private final LongSupplier steadyMs;

    /** Guarded by this object's monitor, as are the fields below. */
    private final Map<Integer, FetchSession> sessions = new HashMap<>();

    private int partitions;
    private long evictions;
    private long nextSearchMs = Long.MIN_VALUE;

    /** Written under the monitor. */
    private volatile long nextExpiryMs;

    /**
     * Sessions whose partitions take at most an eighth of the heap.
     *
     * @param sessionsMax {@code max.incremental.fetch.session.cache.slots}; 0 for no sessions
     * @param steadyMs a clock that never goes back
     */
    public FetchSessions(int sessionsMax, LongSupplier steadyMs) {
        this(
                sessionsMax,
                (int) Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / 8 / PARTITION_BYTES),
                steadyMs);
    }

    FetchSessions(int sessionsMax, int partitionsMax, LongSupplier steadyMs) {
        this.sessionsMax = sessionsMax;
        this.partitionsMax = partitionsMax;
        this.steadyMs = steadyMs;
        this.nextExpiryMs = steadyMs.getAsLong() + EXPIRY_INTERVAL_MS;
    }

    /** A session with this plan, in use by its first fetch. Empty if there is no place for it. */
    Optional<FetchSession> create(FetchPlan plan) {
        List<FetchPlan> closed = new ArrayList<>();
        try {
            return create(plan, closed);
        } finally {
            closed.forEach(FetchPlan::close);
        }
    }

    private synchronized Optional<FetchSession> create(FetchPlan plan, List<FetchPlan> closed) {
        long nowMs = steadyMs.getAsLong();
        if (sessionsMax == 0 || plan.size() > partitionsMax) {
            return Optional.empty();
        }
        if (!isPlaceFor(plan, sessions.size(), partitions)) {
            List<FetchSession> replaced = replacedBy(plan, nowMs);
            if (replaced.isEmpty()) {
                return Optional.empty();
            }
            replaced.forEach(session -> evict(session, closed));
        }
        int id;
        do {
            id = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
        } while (sessions.containsKey(id));
        FetchSession created = new FetchSession(id, plan, nowMs);
        sessions.put(id, created);
        partitions += created.partitions();
        return Optional.of(created);
    }

    private boolean isPlaceFor(FetchPlan plan, int otherSessions, int otherPartitions) {
        return otherSessions < sessionsMax && otherPartitions + (long) plan.size() <= partitionsMax;
    }

    /** The sessions to close to make room for the plan; empty if closing all replaceable ones would not be enough. */
    private List<FetchSession> replacedBy(FetchPlan plan, long nowMs) {
        boolean privileged = plan.requester().isFollower();
        if (!privileged && nowMs < nextSearchMs) {
            return List.of();
        }
        List<FetchSession> replaceable = sessions.values().stream()
                .filter(session -> isReplaceable(session, plan, nowMs))
                .sorted(Comparator.comparing((FetchSession session) -> !isUnused(session, nowMs))
                        .thenComparing(LEAST_FIRST))
                .toList();
        int otherPartitions = partitions;
        for (int closed = 1; closed <= replaceable.size(); closed++) {
            otherPartitions -= replaceable.get(closed - 1).partitions();
            if (isPlaceFor(plan, sessions.size() - closed, otherPartitions)) {
                return replaceable.subList(0, closed);
            }
        }
        if (!privileged) {
            nextSearchMs = nowMs + SEARCH_INTERVAL_MS;
        }
        return List.of();
    }

    private static boolean isReplaceable(FetchSession session, FetchPlan plan, long nowMs) {
        boolean privileged = plan.requester().isFollower();
        return isUnused(session, nowMs)
                || (privileged && !session.isPrivileged())
                || (privileged == session.isPrivileged()
                        && nowMs - session.createdMs() > UNUSED_MS_MAX
                        && session.partitions() < plan.size());
    }

    private static boolean isUnused(FetchSession session, long nowMs) {
        return !session.isInUse() && nowMs - session.lastUsedMs() > UNUSED_MS_MAX;
    }

    private void evict(FetchSession session, List<FetchPlan> closed) {
        evictions++;
        remove(session, closed);
    }

    /** @param closed gets the plan, unless a fetch is using it: then {@link #end} closes it */
    private void remove(FetchSession session, List<FetchPlan> closed) {
        sessions.remove(session.id());
        partitions -= session.partitions();
        session.close();
        if (!session.isInUse()) {
            closed.add(session.plan());
        }
    }

    /**
     * Begins the session's next fetch.
     *
     * @param epoch the session epoch in the request
     */
    synchronized Use use(int id, int epoch, Requester requester) {
        FetchSession session = sessions.get(id);
        if (session == null || !session.plan().requester().isSameClient(requester)) {
            return new Use(ErrorCode.FETCH_SESSION_ID_NOT_FOUND, null);
        }
        if (session.isInUse() || session.nextEpoch() != epoch) {
            return new Use(ErrorCode.INVALID_FETCH_SESSION_EPOCH, null);
        }
        if (session.plan().requester().usesTopicIds() != requester.usesTopicIds()) {
            return new Use(ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR, null);
        }
        session.begin(steadyMs.getAsLong());
        return new Use(ErrorCode.NONE, session);
    }

    /**
     * Counts the partitions of a session that is in use, after its client has added or removed some. If there is no place for
     * those added, the session is closed, and false is returned.
     */
    synchronized boolean count(FetchSession session) {
        int added = session.plan().size() - session.partitions();
        if (session.isClosed()) {
            return true;
        }
        if (added > 0 && partitions + (long) added > partitionsMax) {
            evict(session, new ArrayList<>());
            return false;
        }
        session.count();
        partitions += added;
        return true;
    }

    /** Ends the fetch that uses the session. */
    void end(FetchSession session) {
        boolean closed;
        synchronized (this) {
            session.end(steadyMs.getAsLong());
            closed = session.isClosed();
        }
        if (closed) {
            session.plan().close();
        }
    }

    /** Closes a session, if there is one with this id. */
    void close(int id) {
        List<FetchPlan> closed = new ArrayList<>();
        synchronized (this) {
            FetchSession session = sessions.get(id);
            if (session != null) {
                remove(session, closed);
            }
        }
        closed.forEach(FetchPlan::close);
    }

    /** Closes unused sessions, every ten seconds. Cheap in between. */
    void expire() {
        long nowMs = steadyMs.getAsLong();
        if (nowMs < nextExpiryMs) {
            return;
        }
        List<FetchPlan> closed = new ArrayList<>();
        synchronized (this) {
            nextExpiryMs = nowMs + EXPIRY_INTERVAL_MS;
            List.copyOf(sessions.values()).stream()
                    .filter(session -> isUnused(session, nowMs))
                    .forEach(session -> evict(session, closed));
        }
        closed.forEach(FetchPlan::close);
    }

    /** The number of sessions. */
    public synchronized int size() {
        return sessions.size();
    }

    /** The number of partitions in all sessions. */
    public synchronized int partitions() {
        return partitions;
    }

    /**
     * The number of sessions that were closed although their clients had not closed them: because they were unused or their
     * places were needed.
     */
    public synchronized long evictions() {
        return evictions;
    }
}
