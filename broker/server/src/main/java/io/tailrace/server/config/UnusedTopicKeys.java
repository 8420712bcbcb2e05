package io.tailrace.server.config;

import io.tailrace.config.ConfigKey;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Settings of Kafka's topics that have no effect here. Brokers check, store and show them, because tools send them when they
 * create topics, and later compare the shown values with those they sent. The documentation of each says why it has no effect.
 */
final class UnusedTopicKeys {
    private static final Pattern FORMAT_VERSION = Pattern.compile("[0-9]+(\\.[0-9]+){1,3}(-IV[0-9]+)?");
    private static final String PRODUCERS_COMPRESS = "No effect: batches are stored as producers compressed them.";
    private static final String NO_REMOTE_STORAGE = "No effect: brokers have no remote storage.";

    static final List<TopicKey<?>> ALL = List.of(
            unused(TopicKeys.oneOf(
                    "compression.type",
                    "producer",
                    Set.of("producer", "uncompressed", "gzip", "snappy", "lz4", "zstd"),
                    PRODUCERS_COMPRESS)),
            unused(new ConfigKey<>(
                    "compression.gzip.level",
                    "-1, or a whole number from 1 to 9",
                    "-1",
                    PRODUCERS_COMPRESS,
                    UnusedTopicKeys::gzipLevel)),
            unused(ConfigKey.integer("compression.lz4.level", 9, 1, 17, PRODUCERS_COMPRESS)),
            unused(ConfigKey.integer("compression.zstd.level", 3, -131_072, 22, PRODUCERS_COMPRESS)),
            unused(TopicKeys.bool("preallocate", false, "No effect: segments grow as they are written.")),
            unused(new ConfigKey<>(
                    "message.format.version",
                    "a version of Kafka, such as 2.8 or 3.0-IV1",
                    "3.0-IV1",
                    "Deprecated. No effect: records are stored in format v2 only.",
                    UnusedTopicKeys::formatVersion)),
            unused(TopicKeys.bool(
                    "message.downconversion.enable",
                    true,
                    "Deprecated. No effect: records are sent in format v2 only.")),
            unused(new ConfigKey<>(
                    "remote.storage.enable",
                    "false, since brokers have no remote storage",
                    "false",
                    NO_REMOTE_STORAGE,
                    UnusedTopicKeys::onlyFalse)),
            unused(TopicKeys.number("local.retention.ms", -2, -2, NO_REMOTE_STORAGE)),
            unused(TopicKeys.number("local.retention.bytes", -2, -2, NO_REMOTE_STORAGE)),
            unused(TopicKeys.bool("remote.log.copy.disable", false, NO_REMOTE_STORAGE)),
            unused(TopicKeys.bool("remote.log.delete.on.disable", false, NO_REMOTE_STORAGE)),
            unused(TopicKeys.number("remote.copy.lag.ms", 0, -1, NO_REMOTE_STORAGE)),
            unused(TopicKeys.number("remote.copy.lag.bytes", 0, -1, NO_REMOTE_STORAGE)),
            unused(TopicKeys.bool(
                    "errors.deadletterqueue.group.enable", false, "No effect: brokers have no share groups.")));

    private UnusedTopicKeys() {}

    private static <T> TopicKey<T> unused(ConfigKey<T> key) {
        return TopicKey.ofTopicsOnly(key);
    }

    private static int gzipLevel(String text) {
        int level = Integer.parseInt(text);
        if (level != -1 && (level < 1 || level > 9)) {
            throw new IllegalArgumentException("out of bounds");
        }
        return level;
    }

    private static String formatVersion(String text) {
        if (!FORMAT_VERSION.matcher(text).matches()) {
            throw new IllegalArgumentException("not a version");
        }
        return text;
    }

    private static boolean onlyFalse(String text) {
        if (!text.equalsIgnoreCase("false")) {
            throw new IllegalArgumentException("not false");
        }
        return false;
    }
}
