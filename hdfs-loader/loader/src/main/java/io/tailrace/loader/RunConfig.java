package io.tailrace.loader;

import io.tailrace.config.Config;
import io.tailrace.config.ConfigKey;
import io.tailrace.loader.run.Retries;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How a load goes about its topics.
 *
 * @param topicsParallel topics that are loaded at once
 * @param retries how often the load of a topic is repeated after a failure that may pass
 * @param lockWaitMs how long to wait for the lock of the group
 */
public record RunConfig(int topicsParallel, Retries retries, long lockWaitMs) {
    private static final ConfigKey<Integer> TOPICS_PARALLEL = ConfigKey.integer(
            "topics.parallel", 4, 1, 256, "Topics that are loaded at once. Their tasks share tasks.parallel.");
    private static final ConfigKey<Integer> RETRIES = ConfigKey.integer(
            "retries",
            5,
            0,
            100,
            "How often the load of a topic is repeated after a failure that may pass, such as a broker, the registry, HDFS or"
                    + " the metastore being away.");
    private static final ConfigKey<Long> RETRY_MS_MAX = ConfigKey.longInteger(
            "retry.ms.max",
            30_000L,
            1,
            3_600_000,
            "The longest pause before a repetition, in milliseconds. Pauses begin at 500 ms and double.");
    private static final ConfigKey<Long> LOCK_WAIT_MS = ConfigKey.longInteger(
            "lock.wait.ms",
            60_000L,
            0,
            86_400_000,
            "How long a load waits for another load of its group to end, in milliseconds. The lock of a killed process ends"
                    + " after 30 s. With --every, a load waits without a limit.");

    static final List<ConfigKey<?>> KEYS = List.of(TOPICS_PARALLEL, RETRIES, RETRY_MS_MAX, LOCK_WAIT_MS);

    static RunConfig of(Config config) {
        return new RunConfig(
                config.value(TOPICS_PARALLEL),
                new Retries(
                        config.value(RETRIES),
                        config.value(RETRY_MS_MAX),
                        Thread::sleep,
                        () -> ThreadLocalRandom.current().nextDouble()),
                config.value(LOCK_WAIT_MS));
    }
}
