package io.tailrace.server.api;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.server.network.Connection;
import io.tailrace.server.partition.Partitions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reads batches for consumers and followers. There are no fetch sessions (KIP-227): a client that asks for one gets
 * session id 0, which means none, and names all its partitions every time.
 *
 * <p>A fetch that names a partition twice, or a topic without partitions, is refused: it would take memory and reads for
 * nothing while it waits.
 *
 * <p>A follower's fetch ends the wait of its earlier fetch on the same connection: it has something new to ask for or to
 * acknowledge, and the answers keep their order (ADR 71).
 */
public final class FetchHandler implements RequestHandler<FetchRequest, FetchResponse> {
    private static final int NO_SESSION = 0;
    private static final int FULL_FETCH_EPOCH_MAX = 0;

    private final Partitions partitions;
    private final int bytesMax;
    private final Map<Connection, DelayedFetch> waitingFollowers = new ConcurrentHashMap<>();
    private final FollowerAcks followerAcks;

    /** @param bytesMax bound on the bytes of records in an answer, whatever a client asks for */
    public FetchHandler(Partitions partitions, int bytesMax) {
        this.partitions = partitions;
        this.bytesMax = bytesMax;
        this.followerAcks = new FollowerAcks(partitions);
    }

    @Override
    public ApiKey api() {
        return ApiKey.FETCH;
    }

    @Override
    public void handle(FetchRequest request, Call<FetchResponse> call) {
        if (request.sessionId() != NO_SESSION && request.sessionEpoch() > FULL_FETCH_EPOCH_MAX) {
            call.answer(new FetchResponse(0, ErrorCode.FETCH_SESSION_ID_NOT_FOUND, NO_SESSION, List.of()));
            return;
        }
        if (isWasteful(request)) {
            call.answer(refused(request));
            return;
        }
        if (request.replicaId() >= 0) {
            DelayedFetch earlier = waitingFollowers.get(call.connection());
            if (earlier != null) {
                earlier.answerNow();
            }
            followerAcks.acknowledge(request, call);
        }
        new DelayedFetch(partitions, request, bytesMax, call, waitingFollowers).begin();
    }

    private static boolean isWasteful(FetchRequest request) {
        SeenPartitions seen = new SeenPartitions();
        return request.topics().stream()
                .anyMatch(topic -> topic.partitions().isEmpty()
                        || topic.partitions().stream().anyMatch(part -> !seen.add(topic.topic(), part.partition())));
    }

    private static FetchResponse refused(FetchRequest request) {
        return new FetchResponse(request.topics().stream()
                .map(topic -> new FetchResponse.Topic(
                        topic.topic(),
                        topic.partitions().stream()
                                .map(part ->
                                        FetchResponse.Partition.refused(part.partition(), ErrorCode.INVALID_REQUEST))
                                .toList()))
                .toList());
    }
}
