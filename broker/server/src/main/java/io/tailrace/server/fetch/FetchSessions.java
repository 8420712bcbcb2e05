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
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The fetch sessions of this broker (KIP-227), bounded in number and in partitions. A client that gets none names all its
 * partitions in each fetch.
 *
 * <p>A new session replaces one that has been unused for two minutes; else, if it is a follower's, the smallest one of a
 * consumer; else a smaller one of its kind that is at least two minutes old. A session that has been unused for two minutes is
 * closed even if nobody needs its place, because its partitions mark their changes in it.
 *
 * <p>Thread-safe. A session is used by one fetch at a time; one that is closed meanwhile ends with that fetch.
 */
public final class FetchSessions {
    static final long UNUSED_MS_MAX = 120_000;
    private static final long EXPIRY_INTERVAL_MS = 10_000;

    /** Memory of a partition in a session, approximately. */
    private static final int PARTITION_BYTES = 400;

    private static final Comparator<FetchSession> LEAST_FIRST =
            Comparator.comparing(FetchSession::isPrivileged).thenComparing(FetchSession::partitions);

    /** Why a session cannot be used, or the session. */
    record Use(ErrorCode error, @Nullable FetchSession session) {}

    private final int sessionsMax;
    private final int partitionsMax;
    private final LongSupplier steadyMs;

    /** Guarded by this object's monitor, as is {@link #partitions}. */
    private final Map<Integer, FetchSession> sessions = new HashMap<>();

    private int partitions;
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
        while (sessions.size() >= sessionsMax || partitions + plan.size() > partitionsMax) {
            Optional<FetchSession> replaced = replaceable(plan, nowMs);
            if (replaced.isEmpty()) {
                return Optional.empty();
            }
            remove(replaced.get(), closed);
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

    private Optional<FetchSession> replaceable(FetchPlan plan, long nowMs) {
        boolean privileged = plan.requester().isFollower();
        return least(session -> isUnused(session, nowMs))
                .or(() -> least(session -> privileged && !session.isPrivileged()))
                .or(() -> least(session -> nowMs - session.createdMs() > UNUSED_MS_MAX
                        && (privileged || !session.isPrivileged())
                        && session.partitions() < plan.size()));
    }

    private Optional<FetchSession> least(Predicate<FetchSession> which) {
        return sessions.values().stream().filter(which).min(LEAST_FIRST);
    }

    private static boolean isUnused(FetchSession session, long nowMs) {
        return !session.isInUse() && nowMs - session.lastUsedMs() > UNUSED_MS_MAX;
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
     * @param named how many partitions the request names
     */
    Use use(int id, int epoch, Requester requester, int named) {
        synchronized (this) {
            FetchSession session = sessions.get(id);
            if (session == null || !session.plan().requester().equals(requester)) {
                return new Use(ErrorCode.FETCH_SESSION_ID_NOT_FOUND, null);
            }
            if (session.isInUse() || session.nextEpoch() != epoch) {
                return new Use(ErrorCode.INVALID_FETCH_SESSION_EPOCH, null);
            }
            if (partitions + (long) named <= partitionsMax) {
                session.begin(steadyMs.getAsLong());
                return new Use(ErrorCode.NONE, session);
            }
        }
        close(id);
        return new Use(ErrorCode.FETCH_SESSION_ID_NOT_FOUND, null);
    }

    /** Ends the fetch that uses the session. */
    void end(FetchSession session) {
        boolean closed;
        synchronized (this) {
            int before = session.partitions();
            session.end(steadyMs.getAsLong());
            closed = session.isClosed();
            if (!closed) {
                partitions += session.partitions() - before;
            }
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
                    .forEach(session -> remove(session, closed));
        }
        closed.forEach(FetchPlan::close);
    }

    /** The number of sessions. */
    synchronized int size() {
        return sessions.size();
    }

    /** The number of partitions in all sessions. */
    synchronized int partitions() {
        return partitions;
    }
}
