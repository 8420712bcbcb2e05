package io.tailrace.server.api;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.Request;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Counts requests and measures their time from decoding to the encoding of the answer, including waits for records or
 * acknowledgements. Fetches of consumers and of followers are also counted separately. Thread-safe; counting takes no lock.
 */
public final class RequestMetrics {
    private final LongSupplier nanoTime;
    private final Map<ApiKey, Kind> kinds = new EnumMap<>(ApiKey.class);
    private final Kind consumerFetches;
    private final Kind followerFetches;

    /** Requests of one kind. */
    private static final class Kind {
        private final LongAdder begun = new LongAdder();
        private final RequestTimes times;

        Kind(long nowNanos) {
            times = new RequestTimes(nowNanos);
        }

        void answered(long takenNanos, long nowNanos) {
            times.add(takenNanos, nowNanos);
        }
    }

    /** Takes the metrics of the kinds of requests that have occurred. */
    @FunctionalInterface
    public interface Reader {
        /**
         * Takes the metrics of one kind.
         *
         * @param kind as in Kafka's metrics: Produce, FetchConsumer
         * @param begun requests since the start
         * @param answered those that were answered
         * @param sumMs the sum of their times
         * @param quantilesMs their times by quantile, over the last five minutes; may be empty
         */
        void read(String kind, long begun, long answered, double sumMs, Map<Double, Double> quantilesMs);
    }

    /** @param nanoTime a clock that rises; its origin does not matter */
    RequestMetrics(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        long now = nanoTime.getAsLong();
        for (ApiKey api : ApiKey.values()) {
            kinds.put(api, new Kind(now));
        }
        consumerFetches = new Kind(now);
        followerFetches = new Kind(now);
    }

    long nanoTime() {
        return nanoTime.getAsLong();
    }

    /** Counts a request that has been decoded. */
    void begun(ApiKey api, Request<?> request) {
        kind(api).begun.increment();
        if (request instanceof FetchRequest fetch) {
            fetches(isFollower(fetch)).begun.increment();
        }
    }

    /** Whether this is the fetch of a follower. */
    static boolean isFollower(Request<?> request) {
        return request instanceof FetchRequest fetch && fetch.replica().replicaId() >= 0;
    }

    /** Counts the answer to a request that was decoded at {@code begunNanos}. */
    void answered(ApiKey api, boolean isFollower, long begunNanos) {
        long now = nanoTime.getAsLong();
        kind(api).answered(now - begunNanos, now);
        if (api == ApiKey.FETCH) {
            fetches(isFollower).answered(now - begunNanos, now);
        }
    }

    private Kind kind(ApiKey api) {
        return Objects.requireNonNull(kinds.get(api));
    }

    private Kind fetches(boolean isFollower) {
        return isFollower ? followerFetches : consumerFetches;
    }

    /** Reads the metrics of all kinds of requests that have occurred. */
    public void read(Reader reader) {
        kinds.forEach((api, kind) -> read(nameOf(api), kind, reader));
        read("FetchConsumer", consumerFetches, reader);
        read("FetchFollower", followerFetches, reader);
    }

    private void read(String name, Kind kind, Reader reader) {
        long begun = kind.begun.sum();
        if (begun > 0) {
            reader.read(
                    name, begun, kind.times.count(), kind.times.sumMs(), kind.times.quantilesMs(nanoTime.getAsLong()));
        }
    }

    /** As Kafka writes it: OFFSET_COMMIT is OffsetCommit. */
    private static String nameOf(ApiKey api) {
        StringBuilder name = new StringBuilder();
        for (String word : api.name().split("_", -1)) {
            name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return name.toString();
    }
}
