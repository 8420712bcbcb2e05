package io.tailrace.loader.hours;

import io.tailrace.loader.audit.AgentReports;
import io.tailrace.loader.audit.HourAudit;
import io.tailrace.loader.audit.LoadedHour;
import io.tailrace.loader.audit.LoadedHours;
import io.tailrace.loader.audit.Verdict;
import io.tailrace.loader.table.PathPartition;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Judges hours of a topic, and reads the files of an hour only if the agents are done with it. Used by one thread.
 *
 * @param reports what agents reported
 * @param topic the topic
 * @param loaded what its table has
 * @param audit judges the hosts of an hour
 * @param commit the number of the last commit that {@code loaded} knows
 */
record HourJudge(AgentReports reports, String topic, LoadedHours loaded, HourAudit audit, long commit) {

    /** Whether a verdict is valid as long as the hour's files are the same. */
    boolean isStillValid(HourVerdict verdict) {
        return verdict.announced()
                && verdict.verdict() != Verdict.WAITING
                && !verdict.isOutdatedBy(reports.sent(topic, verdict.hour()));
    }

    /**
     * Judges an hour.
     *
     * @param before the last verdict, if there is one. If it was complete and rows and counts are the same, it still is, also if
     *     retention has deleted counts or there are further agents since
     * @return the verdict, or null if there was none and the hour is not finished
     */
    @Nullable
    HourVerdict of(PathPartition hour, @Nullable HourVerdict before, long nowMs) throws IOException {
        boolean isFinished = reports.unfinished(topic, hour.endMs()).isEmpty();
        if (before == null && !isFinished) {
            return null;
        }
        LoadedHour rows = loaded.of(hour);
        if (before != null && before.isStillComplete(rows, reports.sent(topic, hour))) {
            return before;
        }
        var hosts = audit.of(hour, rows);
        boolean mayHaveHadRecords = hour.startMs() < reports.countsSinceMs() || !reports.hasAgents(topic);
        if (hosts.isEmpty() && mayHaveHadRecords) {
            return before == null ? null : HourVerdict.unknown(hour, commit, nowMs);
        }
        HourVerdict verdict = HourVerdict.of(hour, hosts, rows, commit, nowMs);
        return before == null && verdict.verdict() == Verdict.WAITING ? null : verdict;
    }
}
