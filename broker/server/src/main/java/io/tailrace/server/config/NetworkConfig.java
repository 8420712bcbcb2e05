package io.tailrace.server.config;

/**
 * Sockets and requests.
 *
 * @param threads {@code num.network.threads}: event loops
 * @param blockingThreads {@code num.io.threads}: threads for each kind of request that may block
 * @param requestBytesMax {@code socket.request.max.bytes}
 * @param requestMsMax {@code socket.request.timeout.ms}: time for a started request to arrive
 * @param queuedRequestBytesMax {@code queued.max.request.bytes}: bytes of started Produce requests, of all connections
 * @param queuedResponseBytesMax {@code queued.max.response.bytes}: bytes of encoded answers, of all connections
 * @param inFlightMax {@code queued.max.requests}: unanswered requests of one connection
 * @param connectionsMax {@code max.connections}
 * @param connectionsPerIpMax {@code max.connections.per.ip}
 * @param idleMsMax {@code connections.max.idle.ms}
 * @param fetchBytesMax {@code fetch.max.bytes}: largest answer to a fetch, whatever the client asks for
 * @param fetchSessionsMax {@code max.incremental.fetch.session.cache.slots}: fetch sessions, of all connections
 */
public record NetworkConfig(
        int threads,
        int blockingThreads,
        int requestBytesMax,
        long requestMsMax,
        long queuedRequestBytesMax,
        long queuedResponseBytesMax,
        int inFlightMax,
        int connectionsMax,
        int connectionsPerIpMax,
        long idleMsMax,
        int fetchBytesMax,
        int fetchSessionsMax) {}
