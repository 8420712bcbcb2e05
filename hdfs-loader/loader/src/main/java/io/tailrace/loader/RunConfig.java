package io.tailrace.loader;

import io.tailrace.config.Config;
import io.tailrace.config.ConfigException;
import io.tailrace.config.ConfigKey;
import io.tailrace.loader.run.Retries;
import io.tailrace.loader.run.SubjectStrategy;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How a load goes about its topics.
 *
 * @param topicsParallel topics that are loaded at once
 * @param retries how often the load of a topic is repeated after a failure that may pass
 * @param lockWaitMs how long to wait for the lock of the group
 * @param subjects under which subject the topics' schemas are registered
 * @param errorsRatioMax the largest share of a task's records that go to the error table
 */
public record RunConfig(
        int topicsParallel, Retries retries, long lockWaitMs, SubjectStrategy subjects, double errorsRatioMax) {
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

    private static final ConfigKey<SubjectStrategy> SUBJECTS = ConfigKey.choice(
            "subject.name.strategy",
            SubjectStrategy.class,
            SubjectStrategy.AUTO,
            "The subject of a topic's schemas; topic: TOPIC-value, record: the full name of the record type, topic-record:"
                    + " TOPIC-NAME, auto: TOPIC-value if it has a schema, otherwise the subject of the ids in the records.");
    private static final ConfigKey<String> ERRORS_MAX_RATIO = ConfigKey.text(
            "errors.max.ratio",
            "0.1",
            "The largest share of records that go to the error table, from 0 to 1. A task of at least 1,000 records that exceeds"
                    + " it fails, and nothing is committed.");

    static final List<ConfigKey<?>> KEYS =
            List.of(TOPICS_PARALLEL, RETRIES, RETRY_MS_MAX, LOCK_WAIT_MS, SUBJECTS, ERRORS_MAX_RATIO);

    static RunConfig of(Config config) {
        return new RunConfig(
                config.value(TOPICS_PARALLEL),
                new Retries(
                        config.value(RETRIES),
                        config.value(RETRY_MS_MAX),
                        Thread::sleep,
                        () -> ThreadLocalRandom.current().nextDouble()),
                config.value(LOCK_WAIT_MS),
                config.value(SUBJECTS),
                ratio(config.value(ERRORS_MAX_RATIO)));
    }

    private static double ratio(String text) {
        double ratio = -1;
        try {
            ratio = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            // Not a number is not in the range either.
        }
        if (!(ratio >= 0 && ratio <= 1)) {
            throw new ConfigException(ERRORS_MAX_RATIO.name() + "=" + text + ": expected a number from 0 to 1");
        }
        return ratio;
    }
}
