package io.tailrace.log;

import java.io.IOException;

/** One maintenance pass over a log, under its append lock; see {@link LogDirectory#maintain}. */
final class LogMaintenance {
    private final Log log;
    private final LogContext context;
    private final LogAppender appender;
    private final OptimisticReadLock readers;
    private final DamageLog damage;

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
        Segment active = log.state().segments().last();
        boolean isAged = nowMs - active.createdMs() >= config.roll().segmentAgeMsMax()
                || nowMs - active.lastAppendedMs() > config.retention().ageMs();
        if (isAged && !active.isEmpty()) {
            Segment unused = appender.roll(log.logEndOffset(), nowMs);
        }
        LogCleanup.deleteExpired(log, context.trash(), nowMs, deletableBefore);
        log.state().producers().expire(nowMs, context.config().producerIdExpirationMs());
        for (Segment segment : log.state().segments().all()) {
            if (segment.indexes().isSuspect()) {
                rebuildIndexes(segment, config.roll().indexIntervalBytes());
            }
        }
    }

    /** Damage concerns only its readers, here too. The indexes are written at once: nothing else would before the next start. */
    private void rebuildIndexes(Segment segment, int indexIntervalBytes) throws IOException {
        try {
            readers.change(() -> segment.rebuildIndexes(indexIntervalBytes));
        } catch (CorruptLogException e) {
            damage.report(e);
        }
        if (segment == log.state().segments().last()) {
            segment.indexes().write();
        } else {
            segment.indexes().complete();
        }
    }
}
