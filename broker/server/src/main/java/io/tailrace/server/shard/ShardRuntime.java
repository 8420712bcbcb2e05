package io.tailrace.server.shard;

import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * The threads, alarms and clocks that all shards of a broker share.
 *
 * @param shards runs shards; each at most once at a time. Must not run a task on the caller's thread
 * @param loaders loads shards. Must not run a task on the caller's thread
 * @param alarms wakes shards
 * @param time the clock for timers and waits
 * @param wallMs the time that operations see, in milliseconds since 1970
 * @param acknowledgeMsMax how long a reply may wait for replicas
 */
public record ShardRuntime(
        Executor shards,
        Executor loaders,
        Alarms alarms,
        RunningTime time,
        LongSupplier wallMs,
        long acknowledgeMsMax) {}
