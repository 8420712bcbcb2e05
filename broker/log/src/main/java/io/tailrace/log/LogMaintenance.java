package io.tailrace.log;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One maintenance pass over a log, under its append lock; see {@link LogDirectory#maintain}. */
final class LogMaintenance {
    private static final Logger LOG = LoggerFactory.getLogger(LogMaintenance.class);

    private final Log log;
    private final LogContext context;
    private final LogAppender appender;
    private final OptimisticReadLock readers;
    private final DamageLog damage;
    /** Whether the last roll failed. Guarded by the append lock. */
    private boolean hasRollFailed;

    LogMaintenance(Log log, LogContext context, LogAppender appender, OptimisticReadLock readers, DamageLog damage) {
        this.log = log;
        this.context = context;
        this.appender = appender;
        this.readers = readers;
        this.damage = damage;
    }

    void run(long nowMs, long deletableBefore) throws IOException {
        damage.tick(nowMs);
        LogConfig config = log.config();
        // Before the roll, which needs space.
        LogCleanup.deleteExpired(log, context.trash(), nowMs, deletableBefore);
        if (rollIfAged(config, nowMs)) {
            LogCleanup.deleteExpired(log, context.trash(), nowMs, deletableBefore);
        }
        log.state().producers().expire(nowMs, context.config().producerIdExpirationMs());
        log.state().producers().forgetEndedBelow(deletableBefore);
        for (Segment segment : log.state().segments().all()) {
            if (segment.indexes().isSuspect()) {
                rebuildIndexes(segment, config.roll().indexIntervalBytes());
            }
        }
    }

    /** A failed roll is retried at the next pass, and logged once. */
    private boolean rollIfAged(LogConfig config, long nowMs) throws IOException {
        Segment active = log.state().segments().last();
        boolean isAged = nowMs - active.createdMs() >= config.activeAgeMsMax(log.partition(), active.baseOffset())
                || nowMs - active.lastAppendedMs() > config.retention().ageMs();
        if (!isAged || active.isEmpty()) {
            return false;
        }
        try {
            Segment unused = appender.roll(log.logEndOffset(), nowMs);
            hasRollFailed = false;
            return true;
        } catch (IOException e) {
            if (FailureScope.of(e, context.config().path()) == FailureScope.DIRECTORY) {
                throw e;
            }
            if (!hasRollFailed) {
                LOG.warn("Segment not rolled, each pass tries again: {}: {}", active, e.toString());
            }
            hasRollFailed = true;
            return false;
        }
    }

    /**
     * Here, too, damage concerns only its readers. The indexes are written at once, because nothing else would write them before
     * the next start.
     */
    private void rebuildIndexes(Segment segment, int indexIntervalBytes) throws IOException {
        try {
            readers.change(() -> segment.rebuildIndexes(indexIntervalBytes));
        } catch (CorruptLogException e) {
            boolean unused = damage.report(e);
        }
        if (segment == log.state().segments().last()) {
            segment.indexes().write();
        } else {
            segment.indexes().complete();
        }
    }
}
