package io.tailrace.server.config;

import io.tailrace.log.LogConfig;
import io.tailrace.protocol.record.BatchRules;
import io.tailrace.protocol.record.TimestampType;
import io.tailrace.replication.cluster.TopicPolicy;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All settings of a topic: its own, and the broker's defaults for the rest. Immutable.
 *
 * @param log rolling, retention and flushing of its logs
 * @param rules the rules that its batches must satisfy
 * @param messageBytesMax largest batch, as it is on the wire
 * @param deletesRecords whether {@code cleanup.policy} includes {@code delete}: without it, only compaction can remove records
 * @param policy settings for elections and the ISR
 */
public record TopicSettings(
        LogConfig log, BatchRules rules, int messageBytesMax, boolean deletesRecords, TopicPolicy policy) {

    private static final Logger LOG = LoggerFactory.getLogger(TopicSettings.class);

    /**
     * The settings of a topic that overrides the defaults by {@code own}. A setting that cannot be parsed is ignored: it was
     * written to ZooKeeper directly, past the brokers, and must not stop a broker.
     */
    static TopicSettings of(TopicDefaults defaults, Map<String, String> own) {
        Values values = new Values(defaults, own);
        Set<String> cleanup = values.of(TopicKeys.CLEANUP_POLICY);
        boolean drops = cleanup.contains("delete");
        TimestampType timestampType = values.of(TopicKeys.TIMESTAMP_TYPE).equals("CreateTime")
                ? TimestampType.CREATE_TIME
                : TimestampType.LOG_APPEND_TIME;
        LogConfig log = new LogConfig(
                new LogConfig.Roll(
                        values.of(TopicKeys.SEGMENT_BYTES),
                        values.of(TopicKeys.SEGMENT_MS),
                        values.of(TopicKeys.SEGMENT_JITTER_MS),
                        values.of(TopicKeys.SEGMENT_INDEX_BYTES),
                        values.of(TopicKeys.INDEX_INTERVAL_BYTES)),
                new LogConfig.Retention(
                        drops ? bound(values.of(TopicKeys.RETENTION_MS)) : LogConfig.UNLIMITED,
                        drops ? bound(values.of(TopicKeys.RETENTION_BYTES)) : LogConfig.UNLIMITED),
                new LogConfig.Compaction(
                        cleanup.contains("compact"),
                        values.of(TopicKeys.DIRTY_RATIO_MIN),
                        values.of(TopicKeys.COMPACTION_LAG_MS_MIN),
                        values.of(TopicKeys.COMPACTION_LAG_MS_MAX),
                        values.of(TopicKeys.DELETE_RETENTION_MS)),
                new LogConfig.Flush(
                        values.of(TopicKeys.FLUSH_MESSAGES), values.of(TopicKeys.FLUSH_MS), values.of(TopicKeys.FLUSH)),
                values.of(TopicKeys.FILE_DELETE_DELAY_MS));
        return new TopicSettings(
                log,
                new BatchRules(
                        timestampType,
                        values.timestampDistanceMsMax(TopicKeys.TIMESTAMP_BEFORE_MS_MAX),
                        values.timestampDistanceMsMax(TopicKeys.TIMESTAMP_AFTER_MS_MAX),
                        values.of(TopicKeys.DECOMPRESSED_RECORD_BYTES_MAX),
                        cleanup.contains("compact")),
                values.of(TopicKeys.MESSAGE_BYTES_MAX),
                drops,
                new TopicPolicy(values.of(TopicKeys.MIN_INSYNC_REPLICAS), values.of(TopicKeys.UNCLEAN_ELECTION)));
    }

    private static long bound(long value) {
        return value < 0 ? LogConfig.UNLIMITED : value;
    }

    /** Looks settings up. */
    private record Values(TopicDefaults defaults, Map<String, String> own) {

        /** The deprecated setting for both directions applies where a topic lacks the newer one. */
        long timestampDistanceMsMax(TopicKey<Long> key) {
            boolean isDeprecatedOneSet = own.containsKey(TopicKeys.TIMESTAMP_DIFFERENCE_MS_MAX.name());
            return of(isDeprecatedOneSet && !own.containsKey(key.name()) ? TopicKeys.TIMESTAMP_DIFFERENCE_MS_MAX : key);
        }

        <T> T of(TopicKey<T> key) {
            String text = own.get(key.name());
            if (text != null) {
                try {
                    return key.key().parser().apply(text);
                } catch (IllegalArgumentException e) {
                    LOG.warn(
                            "Topic setting is ignored: {}={}: expected {}",
                            key.name(),
                            text,
                            key.key().expected());
                }
            }
            return key.key().parser().apply(defaults.text(key));
        }
    }
}
