package io.tailrace.log;

import io.tailrace.protocol.TopicPartition;
import java.util.Collection;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * The work that compaction of a directory's logs has not done yet.
 *
 * @param dirtyRatioMax the greatest part of a log's closed segments that was never compacted, from 0 to 1
 * @param overdueMsMax the longest time by which a log exceeds {@code max.compaction.lag.ms}
 * @param failedLogs logs whose last pass failed, or met damage
 * @param failedBytes bytes of their closed segments that were never compacted
 */
public record CompactionBacklog(double dirtyRatioMax, long overdueMsMax, int failedLogs, long failedBytes) {
    static CompactionBacklog of(Collection<Log> logs, long nowMs, ToLongFunction<TopicPartition> limitOffset) {
        double dirtyRatioMax = 0;
        long overdueMsMax = 0;
        int failedLogs = 0;
        long failedBytes = 0;
        for (Log log : logs) {
            LogConfig.Compaction config = log.config().compaction();
            if (!config.enabled()) {
                continue;
            }
            Optional<CompactionPlan.Dirt> dirt = CompactionPlan.of(log, limitOffset.applyAsLong(log.partition()), nowMs)
                    .map(CompactionPlan::dirt);
            dirtyRatioMax =
                    Math.max(dirtyRatioMax, dirt.map(CompactionPlan.Dirt::ratio).orElse(0.0));
            overdueMsMax = Math.max(
                    overdueMsMax,
                    dirt.map(found -> found.overdueMs(config, nowMs)).orElse(0L));
            if (log.compaction().hasFailed()) {
                failedLogs++;
                failedBytes += dirt.map(CompactionPlan.Dirt::bytes).orElse(0L);
            }
        }
        return new CompactionBacklog(dirtyRatioMax, overdueMsMax, failedLogs, failedBytes);
    }
}
