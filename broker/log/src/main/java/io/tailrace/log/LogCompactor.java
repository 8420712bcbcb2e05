package io.tailrace.log;

import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compacts the logs of one directory, one after the other: keeps the newest record of each key. Offsets do not change.
 *
 * <p>Used by one thread, except for {@link #lastKeptRatio}. Several compactors can share a directory; a log is compacted by one
 * of them at a time. Reads, appends and truncations of a log go on while it is compacted.
 */
public final class LogCompactor {
    private static final Logger LOG = LoggerFactory.getLogger(LogCompactor.class);

    private final LogDirectory directory;
    private final CompactionTools tools;
    private volatile CompactionPass.@Nullable Result lastPass;

    /**
     * Bounds.
     *
     * @param mapBytesMax memory for the keys of one log; a log with more is compacted in several passes
     * @param decompressedBytesMax the most bytes of a batch's decompressed records, inclusive; a larger batch counts as damage
     * @param backoffMs the pause after a failed compaction of a log; it doubles with each failure, up to an hour
     */
    public record Limits(long mapBytesMax, int decompressedBytesMax, long backoffMs) {
        public Limits {
            if (mapBytesMax < 1 || decompressedBytesMax < 1 || backoffMs < 1) {
                throw new IllegalArgumentException("bounds of compaction: expected at least 1, found %d, %d and %d"
                        .formatted(mapBytesMax, decompressedBytesMax, backoffMs));
            }
        }
    }

    /** A compactor for one thread. Its buffers are allocated now, the map of keys for each pass. */
    public LogCompactor(LogDirectory directory, Limits limits, CompactionPace pace) {
        this.directory = directory;
        this.tools = new CompactionTools(limits, pace);
    }

    /**
     * Compacts the log that is due and whose last compaction is the longest ago. A failure is logged, and the log is retried
     * after a pause.
     *
     * @param nowMs the time
     * @param limitOffset each partition's high watermark: records at or above are left as they are
     * @return whether a log was due
     */
    public boolean compactNext(long nowMs, ToLongFunction<TopicPartition> limitOffset) {
        List<Log> candidates = directory.logs().stream()
                .filter(log -> !log.isClosed()
                        && log.config().compaction().enabled()
                        && log.compaction().mayRun(nowMs))
                // Other threads change the time of the last pass, so it is read once for each log.
                .map(log -> Map.entry(log.compaction().lastMs(), log))
                .sorted(Map.Entry.comparingByKey())
                .map(Map.Entry::getValue)
                .toList();
        for (Log log : candidates) {
            if (directory.isOffline()) {
                return false;
            }
            if (log.compaction().tryClaim()) {
                try {
                    Optional<CompactionPlan> plan = CompactionPlan.of(
                                    log, limitOffset.applyAsLong(log.partition()), nowMs)
                            .filter(found -> found.isDue(
                                    log.config().compaction(), log.state().history(), nowMs));
                    if (plan.isPresent()) {
                        compact(log, plan.get(), nowMs);
                        return true;
                    }
                } finally {
                    log.compaction().release();
                }
            }
        }
        return false;
    }

    /** The part of the bytes covered by the last pass that stayed, from 0 to 1; empty before the first one. */
    public OptionalDouble lastKeptRatio() {
        CompactionPass.Result last = lastPass;
        return last == null || last.readBytes() == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of((double) last.keptBytes() / last.readBytes());
    }

    private void compact(Log log, CompactionPlan plan, long nowMs) {
        CompactionState state = log.compaction();
        state.begin(nowMs);
        try {
            long fromOffset = state.resumeOffset(plan.dirt().firstOffset(), plan.endOffset());
            CompactionPass.Result result = new CompactionPass(log, plan, fromOffset, tools, nowMs).run();
            lastPass = result;
            if (result.isStored()) {
                state.succeeded();
            } else if (result.endOffset() > fromOffset && result.endOffset() < plan.endOffset()) {
                state.goOnFrom(result.endOffset());
            } else {
                state.failed(nowMs, tools.limits().backoffMs());
            }
        } catch (CompactionStoppedException | LogClosedException e) {
            LOG.debug("Compaction given up: {}: {}", log.partition(), e.getMessage());
        } catch (IOException e) {
            state.failed(nowMs, tools.limits().backoffMs());
            LOG.warn(
                    "Compaction failed, a later pass tries again: {}: {}",
                    log.partition(),
                    log.report(e).getMessage());
        }
    }
}
