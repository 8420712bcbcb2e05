package io.tailrace.server.config;

/**
 * Copying between replicas, and when a follower is in sync.
 *
 * @param replicaLagMsMax {@code replica.lag.time.max.ms}: a follower that has not caught up for this long is out of sync
 * @param fetchers {@code num.replica.fetchers}: connections for copying from one other broker
 * @param fetchWaitMsMax {@code replica.fetch.wait.max.ms}, less than {@code replicaLagMsMax}
 * @param partitionBytesMax {@code replica.fetch.max.bytes}; a larger first batch is still sent whole
 * @param responseBytesMax {@code replica.fetch.response.max.bytes}; likewise
 * @param backoffMs {@code replica.fetch.backoff.ms}: the longest pause after a failure
 * @param socketTimeoutMs {@code replica.socket.timeout.ms}: time to connect, and to wait for an answer beyond the fetch's own
 *     wait
 * @param isRackAware {@code replica.selector.class}: whether consumers read from followers in their rack
 */
public record ReplicationConfig(
        long replicaLagMsMax,
        int fetchers,
        int fetchWaitMsMax,
        int partitionBytesMax,
        int responseBytesMax,
        int backoffMs,
        int socketTimeoutMs,
        boolean isRackAware) {}
