package io.tailrace.server.monitor;

import io.tailrace.metrics.Metrics;
import io.tailrace.server.fetch.FetchSessions;
import java.util.List;
import java.util.function.LongSupplier;

/** Fetch sessions, and how far this broker's followers are behind. */
final class FetchMetrics {
    private static final String SESSIONS = "kafka_server_fetchsessioncache_";

    private final FetchSessions sessions;
    private final LongSupplier lagMax;

    /** @param lagMax records that the follower furthest behind lacks */
    FetchMetrics(FetchSessions sessions, LongSupplier lagMax) {
        this.sessions = sessions;
        this.lagMax = lagMax;
    }

    void register(Metrics metrics) {
        metrics.gauge(SESSIONS + "numincrementalfetchsessions", "Fetch sessions.", () -> (double) sessions.size());
        metrics.gauge(SESSIONS + "numincrementalfetchpartitionscached", "Partitions in all fetch sessions.", () ->
                (double) sessions.partitions());
        metrics.counter(
                SESSIONS + "incrementalfetchsessionevictions_total",
                "Fetch sessions that were closed because they were unused or their places were needed.",
                sessions::evictions);
        metrics.gauges(
                "kafka_server_replicafetchermanager_maxlag",
                "Records between a leader's high watermark and the end of its follower here, at most.",
                List.of("clientId"),
                samples -> samples.add(lagMax.getAsLong(), "Replica"));
    }
}
