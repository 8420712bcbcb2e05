package io.tailrace.server.config;

import io.tailrace.config.ConfigKey;
import io.tailrace.replication.cluster.ReplicationThrottle;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All settings of topics: those that have an effect, and {@link UnusedTopicKeys}. */
public final class TopicKeys {
    private static final long MAX = Long.MAX_VALUE;
    private static final long MINUTE_MS = 60_000;
    private static final long HOUR_MS = 3_600_000;
    private static final Set<Set<String>> CLEANUP_POLICIES =
            Set.of(Set.of("delete"), Set.of("compact"), Set.of("compact", "delete"));

    static final TopicKey<Set<String>> CLEANUP_POLICY = TopicKey.of(
                    new ConfigKey<>(
                            "cleanup.policy",
                            "delete, compact, or compact,delete",
                            "delete",
                            "How old records are removed: delete removes them by age and size, compact all but the newest of each key.",
                            TopicKeys::cleanupPolicy),
                    "log.cleanup.policy")
            .asList();
    static final TopicKey<Long> RETENTION_MS = TopicKey.of(
            number("retention.ms", 168 * HOUR_MS, -1, "Milliseconds after which records are deleted; -1 for never."),
            "log.retention.ms",
            List.of(
                    coarser("log.retention.minutes", MINUTE_MS, 168, -1, "As log.retention.ms, in minutes."),
                    coarser("log.retention.hours", HOUR_MS, 168, -1, "As log.retention.ms, in hours.")));
    static final TopicKey<Long> RETENTION_BYTES = TopicKey.of(
            number(
                    "retention.bytes",
                    -1,
                    -1,
                    "Size of a partition beyond which its oldest segments are deleted; -1 for no limit."),
            "log.retention.bytes");
    static final TopicKey<Double> DIRTY_RATIO_MIN = TopicKey.of(
            new ConfigKey<>(
                    "min.cleanable.dirty.ratio",
                    "a number from 0 to 1",
                    "0.5",
                    "Part of a log's bytes that must be new before it is compacted again.",
                    TopicKeys::ratio),
            "log.cleaner.min.cleanable.ratio");
    static final TopicKey<Long> COMPACTION_LAG_MS_MIN = TopicKey.of(
            number("min.compaction.lag.ms", 0, 0, "Milliseconds for which compaction leaves a new record alone."),
            "log.cleaner.min.compaction.lag.ms");
    static final TopicKey<Long> COMPACTION_LAG_MS_MAX = TopicKey.of(
            number(
                    "max.compaction.lag.ms",
                    MAX,
                    1,
                    "Milliseconds after which a record is compacted, whatever min.cleanable.dirty.ratio says."),
            "log.cleaner.max.compaction.lag.ms");
    static final TopicKey<Long> DELETE_RETENTION_MS = TopicKey.of(
            number(
                    "delete.retention.ms",
                    24 * HOUR_MS,
                    0,
                    "Milliseconds for which a compacted topic keeps tombstones, so that consumers see them."),
            "log.cleaner.delete.retention.ms");
    static final TopicKey<Integer> SEGMENT_BYTES = TopicKey.of(
            ConfigKey.integer("segment.bytes", 1 << 30, 14, Integer.MAX_VALUE, "Size at which a segment is closed."),
            "log.segment.bytes");
    static final TopicKey<Long> SEGMENT_MS = TopicKey.of(
            number("segment.ms", 168 * HOUR_MS, 1, "Age in milliseconds at which a segment is closed."),
            "log.roll.ms",
            List.of(coarser("log.roll.hours", HOUR_MS, 168, 1, "As log.roll.ms, in hours.")));
    static final TopicKey<Long> SEGMENT_JITTER_MS = TopicKey.of(
            number(
                    "segment.jitter.ms",
                    0,
                    0,
                    "Milliseconds by which a segment may be closed earlier, so that not all are closed at once."),
            "log.roll.jitter.ms",
            List.of(coarser("log.roll.jitter.hours", HOUR_MS, 0, 0, "As log.roll.jitter.ms, in hours.")));
    static final TopicKey<Integer> SEGMENT_INDEX_BYTES = TopicKey.of(
            ConfigKey.integer("segment.index.bytes", 10 << 20, 12, Integer.MAX_VALUE, "Largest index of a segment."),
            "log.index.size.max.bytes");
    static final TopicKey<Integer> INDEX_INTERVAL_BYTES = TopicKey.of(
            ConfigKey.integer(
                    "index.interval.bytes", 4096, 0, Integer.MAX_VALUE, "Bytes of log between two index entries."),
            "log.index.interval.bytes");
    static final TopicKey<Long> FLUSH_MESSAGES = TopicKey.of(
            number("flush.messages", MAX, 1, "Records after which the log is forced to disk; 1: before the answer."),
            "log.flush.interval.messages");
    static final TopicKey<Long> FLUSH_MS = TopicKey.of(
            number("flush.ms", MAX, 0, "Milliseconds after which what was written is forced to disk."),
            "log.flush.interval.ms");
    static final TopicKey<Boolean> FLUSH = TopicKey.of(
            new ConfigKey<>(
                    "flush",
                    "ack or os",
                    "os",
                    "ack: an acknowledgement waits until the record is on disk; os: the operating system decides.",
                    TopicKeys::flushBeforeAck),
            "log.flush");
    static final TopicKey<Long> FILE_DELETE_DELAY_MS = TopicKey.of(
            number("file.delete.delay.ms", MINUTE_MS, 0, "How long a deleted segment's files stay on disk."),
            "log.segment.delete.delay.ms");
    static final TopicKey<Integer> MESSAGE_BYTES_MAX = TopicKey.of(
            ConfigKey.integer(
                    "max.message.bytes",
                    1024 * 1024 + 12,
                    0,
                    Integer.MAX_VALUE,
                    "Largest batch that is accepted, as it is on the wire."),
            "message.max.bytes");
    static final TopicKey<Integer> DECOMPRESSED_RECORD_BYTES_MAX = TopicKey.ofTopicsOnly(ConfigKey.integer(
            "max.decompressed.message.bytes",
            Integer.MAX_VALUE,
            0,
            Integer.MAX_VALUE,
            "Largest record of a compressed batch, once decompressed."));
    static final TopicKey<String> TIMESTAMP_TYPE = TopicKey.of(
            oneOf(
                    "message.timestamp.type",
                    "CreateTime",
                    Set.of("CreateTime", "LogAppendTime"),
                    "Whether a record's timestamp is the producer's or that of its append."),
            "log.message.timestamp.type");
    static final TopicKey<Long> TIMESTAMP_BEFORE_MS_MAX = TopicKey.of(
            number(
                    "message.timestamp.before.max.ms",
                    MAX,
                    0,
                    "How far in the past a record's timestamp may lie; a batch beyond that is refused."),
            "log.message.timestamp.before.max.ms");
    static final TopicKey<Long> TIMESTAMP_AFTER_MS_MAX = TopicKey.of(
            number(
                    "message.timestamp.after.max.ms",
                    HOUR_MS,
                    0,
                    "How far in the future a record's timestamp may lie; a batch beyond that is refused."),
            "log.message.timestamp.after.max.ms");
    static final TopicKey<Long> TIMESTAMP_DIFFERENCE_MS_MAX = TopicKey.ofTopicsOnly(number(
            "message.timestamp.difference.max.ms",
            MAX,
            0,
            "Deprecated: applies as message.timestamp.before.max.ms and .after.max.ms, where a topic lacks those."));
    static final TopicKey<Integer> MIN_INSYNC_REPLICAS = TopicKey.of(
            ConfigKey.integer(
                    "min.insync.replicas", 1, 1, 100, "Replicas that must be in sync for a write with acks=all."),
            "min.insync.replicas");
    static final TopicKey<Boolean> UNCLEAN_ELECTION = TopicKey.of(
            bool(
                    "unclean.leader.election.enable",
                    false,
                    "Whether a replica that may lack records can become leader if no other is left."),
            "unclean.leader.election.enable");

    static final TopicKey<String> LEADER_THROTTLED_REPLICAS = throttledReplicas(
            ReplicationThrottle.LEADER_REPLICAS,
            "Accepted for tools that set it; replicas are throttled where they are written");
    static final TopicKey<String> FOLLOWER_THROTTLED_REPLICAS =
            throttledReplicas(ReplicationThrottle.FOLLOWER_REPLICAS, "Replicas throttled where they are written");

    private static final List<TopicKey<?>> ALL = Stream.concat(
                    Stream.of(
                            CLEANUP_POLICY,
                            RETENTION_MS,
                            RETENTION_BYTES,
                            DIRTY_RATIO_MIN,
                            COMPACTION_LAG_MS_MIN,
                            COMPACTION_LAG_MS_MAX,
                            DELETE_RETENTION_MS,
                            SEGMENT_BYTES,
                            SEGMENT_MS,
                            SEGMENT_JITTER_MS,
                            SEGMENT_INDEX_BYTES,
                            INDEX_INTERVAL_BYTES,
                            FLUSH_MESSAGES,
                            FLUSH_MS,
                            FLUSH,
                            FILE_DELETE_DELAY_MS,
                            MESSAGE_BYTES_MAX,
                            DECOMPRESSED_RECORD_BYTES_MAX,
                            TIMESTAMP_TYPE,
                            TIMESTAMP_BEFORE_MS_MAX,
                            TIMESTAMP_AFTER_MS_MAX,
                            TIMESTAMP_DIFFERENCE_MS_MAX,
                            MIN_INSYNC_REPLICAS,
                            UNCLEAN_ELECTION,
                            LEADER_THROTTLED_REPLICAS,
                            FOLLOWER_THROTTLED_REPLICAS),
                    UnusedTopicKeys.ALL.stream())
            .toList();

    private static final Map<String, TopicKey<?>> BY_NAME =
            ALL.stream().collect(Collectors.toUnmodifiableMap(TopicKey::name, Function.identity()));

    private static final Map<String, SettingInfo> INFOS =
            ALL.stream().collect(Collectors.toUnmodifiableMap(TopicKey::name, TopicKey::info));

    private TopicKeys() {}

    static SettingInfo info(String name) {
        SettingInfo info = INFOS.get(name);
        if (info == null) {
            throw new IllegalStateException("no topic setting " + name);
        }
        return info;
    }

    /** All of them, in display order. */
    public static List<TopicKey<?>> all() {
        return ALL;
    }

    /**
     * Checks settings of a topic.
     *
     * @param changed the settings to check
     * @param all these and the topic's other settings, for settings that depend on each other
     * @throws IllegalArgumentException naming an unknown setting, or one with an invalid value
     */
    public static void check(Map<String, String> changed, Map<String, String> all) {
        changed.forEach((name, text) -> {
            TopicKey<?> known = BY_NAME.get(name);
            if (known == null) {
                throw new IllegalArgumentException("unknown topic setting " + name + ": expected one of "
                        + String.join(", ", BY_NAME.keySet().stream().sorted().toList()));
            }
            Object unused = known.key().parse(text);
        });
        checkCompactionLags(changed, all);
    }

    private static void checkCompactionLags(Map<String, String> changed, Map<String, String> all) {
        String min = COMPACTION_LAG_MS_MIN.name();
        String max = COMPACTION_LAG_MS_MAX.name();
        String minText = all.get(min);
        String maxText = all.get(max);
        boolean isEitherNew = changed.containsKey(min) || changed.containsKey(max);
        if (minText != null && maxText != null && isEitherNew) {
            long minMs = COMPACTION_LAG_MS_MIN.key().parse(minText);
            long maxMs = COMPACTION_LAG_MS_MAX.key().parse(maxText);
            if (minMs > maxMs) {
                throw new IllegalArgumentException(
                        min + "=" + minMs + ": expected at most " + max + ", which is " + maxMs);
            }
        }
    }

    static ConfigKey<Long> number(String name, long defaultValue, long min, String doc) {
        return ConfigKey.longInteger(name, defaultValue, min, MAX, doc);
    }

    private static TopicKey.Coarser coarser(String name, long factor, long defaultValue, long min, String doc) {
        return new TopicKey.Coarser(ConfigKey.longInteger(name, defaultValue, min, MAX / factor, doc), factor);
    }

    /** Case does not matter, because tools written in Python send True and False. */
    static ConfigKey<Boolean> bool(String name, boolean defaultValue, String doc) {
        ConfigKey<Boolean> strict = ConfigKey.bool(name, defaultValue, doc);
        return new ConfigKey<>(name, strict.expected(), strict.defaultText(), doc, text -> strict.parser()
                .apply(text.toLowerCase(Locale.ROOT)));
    }

    static ConfigKey<String> oneOf(String name, String defaultText, Set<String> texts, String doc) {
        String expected = "one of " + String.join(", ", texts.stream().sorted().toList());
        return new ConfigKey<>(name, expected, defaultText, doc, text -> {
            if (!texts.contains(text)) {
                throw new IllegalArgumentException("none of " + texts);
            }
            return text;
        });
    }

    private static TopicKey<String> throttledReplicas(String name, String doc) {
        return TopicKey.ofTopicsOnly(new ConfigKey<>(
                        name,
                        "PARTITION:BROKER, separated by commas, or * for all",
                        "",
                        doc + ", by the rate of their brokers: while they are moved.",
                        text -> {
                            if (!ReplicationThrottle.isReplicas(text)) {
                                throw new IllegalArgumentException("no replicas");
                            }
                            return text;
                        }))
                .asList();
    }

    private static double ratio(String text) {
        double ratio = Double.parseDouble(text);
        if (!(ratio >= 0 && ratio <= 1)) {
            throw new IllegalArgumentException("out of bounds");
        }
        return ratio;
    }

    private static Set<String> cleanupPolicy(String text) {
        Set<String> policy = Set.of(text.split("\\s*,\\s*", -1));
        if (!CLEANUP_POLICIES.contains(policy)) {
            throw new IllegalArgumentException("none of " + CLEANUP_POLICIES);
        }
        return policy;
    }

    private static boolean flushBeforeAck(String text) {
        return switch (text) {
            case "ack" -> true;
            case "os" -> false;
            default -> throw new IllegalArgumentException("neither");
        };
    }
}
