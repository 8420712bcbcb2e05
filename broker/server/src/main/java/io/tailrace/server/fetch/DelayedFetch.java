package io.tailrace.server.fetch;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.server.api.Call;
import io.tailrace.server.network.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A fetch between the first look at its plan and its answer. It waits for {@code minBytes} of records, for at most
 * {@code maxWaitMs} and {@value #WAIT_MS_MAX} ms. It does not wait while requests in progress use up their memory.
 *
 * <p>An error or a divergence in any partition ends the wait, because the client must act on it. A waiting fetch holds no file.
 * When it is woken, it looks only at the partitions that have changed, and answers with those records if they are enough.
 *
 * <p>Confined to the connection's event loop.
 */
final class DelayedFetch {
    /** Twice the time after which Kafka's clients give up on a request by default. */
    static final int WAIT_MS_MAX = 60_000;

    private static final int NO_SESSION = 0;

    /**
     * What the fetches of a broker share.
     *
     * @param bytesMax bound on the bytes of records in an answer, whatever a client asks for
     * @param waitingFollowers the fetches of followers that wait
     */
    record Shared(
            FetchSessions sessions,
            FollowerAcks followerAcks,
            Map<Connection, DelayedFetch> waitingFollowers,
            int bytesMax) {}

    private final Shared shared;
    private final FetchPlan plan;
    private final @Nullable FetchSession session;
    private final Call<FetchResponse> call;
    private final boolean answersAll;
    private final int bytesMax;
    private final int bytesMin;
    private final int waitMs;
    private @Nullable Future<?> timeout;
    private boolean ended;

    /** @param session to which the plan belongs, null if the plan ends with this fetch */
    DelayedFetch(
            Shared shared,
            FetchPlan plan,
            @Nullable FetchSession session,
            FetchRequest request,
            Call<FetchResponse> call) {
        this.shared = shared;
        this.plan = plan;
        this.session = session;
        this.call = call;
        this.answersAll = session == null || request.sessionEpoch() == FetchHandler.INITIAL_EPOCH;
        this.bytesMax = Math.min(shared.bytesMax(), Math.max(0, request.maxBytes()));
        this.bytesMin = Math.min(bytesMax, request.minBytes());
        this.waitMs = Math.min(request.maxWaitMs(), WAIT_MS_MAX);
    }

    /** @param named the partitions that the request names */
    void begin(List<PlannedPartition> named) {
        call.onDisconnect(this::end);
        if (plan.requester().isFollower()) {
            shared.followerAcks().acknowledge(named, call);
        }
        takeAndAcknowledgeChanged();
        FetchAttempt first = new FetchAttempt(plan, bytesMax);
        first.lookAtActive();
        if (first.isEnough(bytesMin) || waitMs <= 0 || plan.size() == 0 || !call.mayWait()) {
            answer(first);
            return;
        }
        first.close();
        if (plan.requester().isFollower()) {
            shared.waitingFollowers().put(call.connection(), this);
        }
        timeout = call.schedule(this::answerNow, waitMs);
        plan.follow();
        wakeAtNextChange();
    }

    private void wakeAtNextChange() {
        if (!plan.changes().callAtNextChange(this::wake)) {
            wake();
        }
    }

    private void wake() {
        call.wake(this::retry);
    }

    private void retry() {
        if (ended) {
            return;
        }
        FetchAttempt attempt = new FetchAttempt(plan, bytesMax);
        attempt.look(takeAndAcknowledgeChanged());
        if (attempt.isEnough(bytesMin)) {
            answer(attempt);
        } else {
            attempt.close();
            wakeAtNextChange();
        }
    }

    /** Answers with the records found so far, unless the fetch has already been answered. */
    void answerNow() {
        if (!ended) {
            takeAndAcknowledgeChanged();
            answer(new FetchAttempt(plan, bytesMax));
        }
    }

    /** A follower's fetch that could not be counted before is counted as soon as it can be. */
    private List<PlannedPartition> takeAndAcknowledgeChanged() {
        List<PlannedPartition> changed = plan.takeChanged();
        if (plan.requester().isFollower() && !changed.isEmpty()) {
            List<PlannedPartition> uncounted = new ArrayList<>(changed);
            uncounted.removeIf(partition -> !partition.isUncounted());
            shared.followerAcks().acknowledge(uncounted, call);
        }
        return changed;
    }

    private void answer(FetchAttempt attempt) {
        List<FetchResponse.Topic> topics = answersAll ? attempt.answerAll() : attempt.answerChanged();
        end();
        FetchResponse response =
                new FetchResponse(0, ErrorCode.NONE, session == null ? NO_SESSION : session.id(), topics);
        FetchTraffic.count(response, plan.requester().isFollower(), plan.partitions());
        call.answer(response);
    }

    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        plan.changes().stopWaiting();
        shared.waitingFollowers().remove(call.connection(), this);
        if (timeout != null) {
            timeout.cancel(false);
        }
        if (session == null) {
            plan.close();
        } else {
            shared.sessions().end(session);
        }
    }
}
