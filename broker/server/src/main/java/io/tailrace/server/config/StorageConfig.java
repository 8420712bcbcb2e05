package io.tailrace.server.config;

import java.nio.file.Path;
import java.util.List;

/**
 * Log directories and their periodic tasks.
 *
 * @param directories {@code log.dirs}, all different
 * @param freeBytesMin {@code log.dir.free.bytes.min}: produce is refused while less is free
 * @param producerIdExpirationMs {@code producer.id.expiration.ms}
 * @param producerIdsMax {@code producer.ids.per.partition.max}
 * @param backgroundThreadsPerDirectory {@code num.recovery.threads.per.data.dir}
 * @param compaction threads and bounds of compaction
 * @param intervals of periodic tasks
 */
public record StorageConfig(
        List<Path> directories,
        long freeBytesMin,
        long producerIdExpirationMs,
        int producerIdsMax,
        int backgroundThreadsPerDirectory,
        CompactionConfig compaction,
        Intervals intervals) {

    /**
     * Intervals of periodic tasks, in milliseconds.
     *
     * @param retentionMs {@code log.retention.check.interval.ms}
     * @param flushMs {@code log.flush.scheduler.interval.ms}
     * @param checkpointMs {@code log.flush.offset.checkpoint.interval.ms}
     * @param highWatermarkMs {@code replica.high.watermark.checkpoint.interval.ms}
     */
    public record Intervals(long retentionMs, long flushMs, long checkpointMs, long highWatermarkMs) {}
}
