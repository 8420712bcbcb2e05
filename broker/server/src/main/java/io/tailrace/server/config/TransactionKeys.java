package io.tailrace.server.config;

import io.tailrace.config.Config;
import io.tailrace.config.ConfigKey;
import java.util.List;

/** The broker's keys for transactions. */
final class TransactionKeys {
    private static final int MAX = Integer.MAX_VALUE;

    static final ConfigKey<Integer> PARTITIONS = ConfigKey.integer(
            "transaction.state.log.num.partitions",
            50,
            1,
            10_000,
            "Partitions of __transaction_state when it is created. Without effect once the topic exists.");
    static final ConfigKey<Integer> REPLICATION_FACTOR = ConfigKey.integer(
            "transaction.state.log.replication.factor",
            3,
            1,
            100,
            "Replicas of __transaction_state, or as many as there are brokers when it is created.");
    static final ConfigKey<Integer> MIN_INSYNC_REPLICAS = ConfigKey.integer(
            "transaction.state.log.min.isr",
            2,
            1,
            100,
            "min.insync.replicas of __transaction_state when it is created, at most its replicas.");
    static final ConfigKey<Integer> SEGMENT_BYTES = ConfigKey.integer(
            "transaction.state.log.segment.bytes", 100 << 20, 1024, MAX, "Segment size of __transaction_state.");
    static final ConfigKey<Integer> TIMEOUT_MS_MAX = ConfigKey.integer(
            "transaction.max.timeout.ms",
            900_000,
            1,
            MAX,
            "Longest transaction.timeout.ms that a producer may ask for. A transaction that takes longer than its timeout is aborted.");
    static final ConfigKey<Long> EXPIRATION_MS = ConfigKey.longInteger(
            "transactional.id.expiration.ms",
            7L * 24 * 60 * 60_000,
            1,
            Long.MAX_VALUE,
            "A transactional id that has had no transaction for this long is removed.");
    static final ConfigKey<Long> EXPIRY_INTERVAL_MS = ConfigKey.longInteger(
            "transaction.remove.expired.transaction.cleanup.interval.ms",
            3_600_000L,
            1,
            Long.MAX_VALUE,
            "How often expired transactional ids are looked for.");

    static final List<ConfigKey<?>> ALL = List.of(
            PARTITIONS,
            REPLICATION_FACTOR,
            MIN_INSYNC_REPLICAS,
            SEGMENT_BYTES,
            TIMEOUT_MS_MAX,
            EXPIRATION_MS,
            EXPIRY_INTERVAL_MS);

    private TransactionKeys() {}

    static TransactionConfig transactions(Config config) {
        return new TransactionConfig(
                config.value(PARTITIONS),
                config.value(REPLICATION_FACTOR),
                config.value(MIN_INSYNC_REPLICAS),
                config.value(SEGMENT_BYTES),
                config.value(TIMEOUT_MS_MAX),
                config.value(EXPIRATION_MS),
                config.value(EXPIRY_INTERVAL_MS));
    }
}
