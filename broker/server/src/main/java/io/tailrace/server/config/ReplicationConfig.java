package io.tailrace.server.config;

/**
 * Leaders and followers.
 *
 * @param replicaLagMsMax {@code replica.lag.time.max.ms}: after so long without having caught up a follower is out of sync
 * @param fetchers {@code num.replica.fetchers}: connections to one leader's broker
 * @param fetchWaitMsMax {@code replica.fetch.wait.max.ms}, less than {@code replicaLagMsMax}
 * @param partitionBytesMax {@code replica.fetch.max.bytes}; a first batch that is larger comes whole
 * @param responseBytesMax {@code replica.fetch.response.max.bytes}, as well
 * @param backoffMs {@code replica.fetch.backoff.ms}: the longest pause after a failure
 * @param socketTimeoutMs {@code replica.socket.timeout.ms}: time to connect, and to be answered beyond the wait
 */
public record ReplicationConfig(
        long replicaLagMsMax,
        int fetchers,
        int fetchWaitMsMax,
        int partitionBytesMax,
        int responseBytesMax,
        int backoffMs,
        int socketTimeoutMs) {}
