package io.tailrace.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchRequest.ReplicaState;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RequestMetricsTest {
    private final RequestMetrics metrics = new RequestMetrics(() -> 0);

    @Test
    void fetchesOfConsumersAndFollowersAreCountedSeparately() {
        FetchRequest byReplicaId = FetchRequest.ofFollower(2, 200, 0, 1, 1_000, List.of());

        metrics.begun(ApiKey.FETCH, fetch(ReplicaState.CONSUMER));
        metrics.begun(ApiKey.FETCH, byReplicaId);
        metrics.begun(ApiKey.FETCH, fetch(new ReplicaState(3, 300)));

        Map<String, Long> begun = new TreeMap<>();
        metrics.read((kind, requests, answered, sumMs, quantilesMs) -> begun.put(kind, requests));
        assertThat(begun).isEqualTo(Map.of("Fetch", 3L, "FetchConsumer", 1L, "FetchFollower", 2L));
    }

    /** A fetch of version 15 or later. */
    private static FetchRequest fetch(ReplicaState reader) {
        return new FetchRequest(-1, 0, 1, 1_000, (byte) 0, 0, -1, List.of(), List.of(), "", null, -1, reader);
    }
}
