package io.tailrace.server.fetch;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.server.api.Call;
import io.tailrace.server.api.RequestHandler;
import io.tailrace.server.api.SeenPartitions;
import io.tailrace.server.network.Connection;
import io.tailrace.server.partition.Partitions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reads batches for consumers and followers, in fetch sessions (KIP-227) or without.
 *
 * <p>From version {@value FetchRequest#FIRST_WITH_TOPIC_IDS} on, a fetch names topics by id (KIP-516, ADR 125).
 *
 * <p>A fetch that names a partition twice, or a topic without partitions, is refused, because it would waste memory and reads
 * while it waits.
 *
 * <p>A follower's fetch ends the wait of its earlier fetch on the same connection: it has something new to ask for or to
 * acknowledge, and the answers keep their order (ADR 71).
 */
public final class FetchHandler implements RequestHandler<FetchRequest, FetchResponse> {
    /** Epoch of a fetch that asks for a new session. */
    static final int INITIAL_EPOCH = 0;

    /** Epoch of a fetch outside sessions, which closes the session that it names. */
    private static final int FINAL_EPOCH = -1;

    private static final int NO_SESSION = 0;

    private final Partitions partitions;
    private final FetchSessions sessions;
    private final boolean isRackAware;
    private final Map<Connection, DelayedFetch> waitingFollowers = new ConcurrentHashMap<>();
    private final DelayedFetch.Shared shared;

    /**
     * @param isRackAware whether consumers are sent to followers in their rack (KIP-392)
     * @param bytesMax bound on the bytes of records in an answer, whatever a client asks for
     */
    public FetchHandler(Partitions partitions, FetchSessions sessions, boolean isRackAware, int bytesMax) {
        this.isRackAware = isRackAware;
        this.partitions = partitions;
        this.sessions = sessions;
        this.shared = new DelayedFetch.Shared(sessions, new FollowerAcks(), waitingFollowers, bytesMax);
    }

    @Override
    public ApiKey api() {
        return ApiKey.FETCH;
    }

    @Override
    public void handle(FetchRequest request, Call<FetchResponse> call) {
        sessions.expire();
        Requester requester = Requester.of(request, call.header().version());
        if (isWasteful(request, requester)) {
            call.answer(refused(request));
            return;
        }
        if (requester.isFollower()) {
            DelayedFetch earlier = waitingFollowers.get(call.connection());
            if (earlier != null) {
                earlier.answerNow();
            }
        }
        if (request.sessionEpoch() == INITIAL_EPOCH || request.sessionEpoch() == FINAL_EPOCH) {
            fetchAll(request, requester, call);
        } else {
            fetchChanged(request, requester, call);
        }
    }

    private void fetchAll(FetchRequest request, Requester requester, Call<FetchResponse> call) {
        if (request.sessionId() != NO_SESSION) {
            sessions.close(request.sessionId());
        }
        FetchPlan plan = new FetchPlan(partitions, requester, isRackAware);
        List<PlannedPartition> named = plan.want(request.topics());
        FetchSession session = null;
        if (request.sessionEpoch() == INITIAL_EPOCH && plan.size() > 0) {
            session = sessions.create(plan).orElse(null);
        }
        if (session != null) {
            plan.follow();
        }
        new DelayedFetch(shared, plan, session, request, call).begin(named);
    }

    private void fetchChanged(FetchRequest request, Requester requester, Call<FetchResponse> call) {
        FetchSessions.Use use = sessions.use(request.sessionId(), request.sessionEpoch(), requester);
        FetchSession session = use.session();
        if (session == null) {
            call.answer(withoutSession(use.error()));
            return;
        }
        FetchPlan plan = session.plan();
        plan.forget(request.forgottenTopics());
        List<PlannedPartition> wanted = plan.want(request.topics());
        if (!sessions.count(session)) {
            sessions.end(session);
            call.answer(withoutSession(ErrorCode.FETCH_SESSION_ID_NOT_FOUND));
            return;
        }
        if (plan.size() == 0) {
            sessions.close(session.id());
            session = null;
        }
        new DelayedFetch(shared, plan, session, request, call).begin(wanted);
    }

    private static FetchResponse withoutSession(ErrorCode error) {
        return new FetchResponse(0, error, NO_SESSION, List.of());
    }

    private static boolean isWasteful(FetchRequest request, Requester requester) {
        SeenPartitions<FetchedTopic> seen = new SeenPartitions<>();
        for (FetchRequest.Topic topic : request.topics()) {
            FetchedTopic fetched = FetchedTopic.of(topic, requester);
            if (topic.partitions().isEmpty()
                    || topic.partitions().stream().anyMatch(part -> !seen.add(fetched, part.partition()))) {
                return true;
            }
        }
        return false;
    }

    private static FetchResponse refused(FetchRequest request) {
        return new FetchResponse(request.topics().stream()
                .map(topic -> new FetchResponse.Topic(
                        topic.topic(),
                        topic.topicId(),
                        topic.partitions().stream()
                                .map(part ->
                                        FetchResponse.Partition.refused(part.partition(), ErrorCode.INVALID_REQUEST))
                                .toList()))
                .toList());
    }
}
