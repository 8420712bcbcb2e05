package io.tailrace.loader.hours;

import io.tailrace.loader.audit.AgentReports;
import io.tailrace.loader.audit.HostAudit;
import io.tailrace.loader.audit.LoadedHour;
import io.tailrace.loader.audit.Verdict;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.schemas.audit.ContentSum;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the loader found about an hour of a topic. Immutable.
 *
 * @param hour the hour of event time
 * @param verdict {@link Verdict#COMPLETE} if the table has exactly what agents sent; otherwise what is wrong, or what it waits for
 * @param detail why it is not complete; empty if it is
 * @param hosts the figures of each host, empty for an hour without records
 * @param commit the number of the last commit that was looked at
 * @param timeMs when it was found, in milliseconds since the epoch
 * @param announced whether marks and records show it
 */
public record HourVerdict(
        PathPartition hour,
        Verdict verdict,
        String detail,
        SortedMap<String, HostFigures> hosts,
        long commit,
        long timeMs,
        boolean announced) {
    /** The verdicts of hosts, from the worst on. The worst one is the verdict on the hour. */
    private static final List<Verdict> WORST_FIRST =
            List.of(Verdict.MISSING, Verdict.ALTERED, Verdict.EXTRA, Verdict.WAITING, Verdict.UNAUDITED);

    private static final int DETAILS_MAX = 10;

    public HourVerdict {
        hosts = Collections.unmodifiableSortedMap(new TreeMap<>(hosts));
    }

    /**
     * Judges an hour by its hosts. It is complete if all hosts that an agent counts are, and there is one. It is also complete if
     * it has no records, once all agents have read to its end.
     *
     * @param audits the audit of each host
     * @param loaded what the table has of the hour
     */
    static HourVerdict of(PathPartition hour, List<HostAudit> audits, LoadedHour loaded, long commit, long timeMs) {
        SortedMap<String, HostFigures> hosts = new TreeMap<>();
        for (HostAudit audit : audits) {
            ContentSum rows = loaded.sums().getOrDefault(audit.host(), ContentSum.ZERO);
            hosts.put(audit.host(), new HostFigures(audit.verdict(), audit.read(), audit.acknowledged(), rows));
        }
        List<HostAudit> open = audits.stream().filter(audit -> !isFine(audit)).toList();
        boolean isProven = audits.isEmpty() || audits.stream().anyMatch(audit -> audit.verdict() == Verdict.COMPLETE);
        if (open.isEmpty() && isProven) {
            return new HourVerdict(hour, Verdict.COMPLETE, "", hosts, commit, timeMs, false);
        }
        List<HostAudit> reasons = open.isEmpty() ? audits : open;
        Verdict worst = WORST_FIRST.stream()
                .filter(verdict -> reasons.stream().anyMatch(audit -> audit.verdict() == verdict))
                .findFirst()
                .orElse(Verdict.UNAUDITED);
        return new HourVerdict(hour, worst, detail(reasons), hosts, commit, timeMs, false);
    }

    /** An hour without rows whose counts are deleted. */
    static HourVerdict unknown(PathPartition hour, long commit, long timeMs) {
        return new HourVerdict(
                hour,
                Verdict.UNAUDITED,
                "the table has no rows of this hour, and the audit topic no longer has its counts",
                new TreeMap<>(),
                commit,
                timeMs,
                false);
    }

    private static boolean isFine(HostAudit audit) {
        return audit.verdict() == Verdict.COMPLETE || (audit.verdict() == Verdict.UNAUDITED && audit.read() == 0);
    }

    private static String detail(List<HostAudit> audits) {
        String detail = audits.stream()
                .limit(DETAILS_MAX)
                .map(audit -> "host " + audit.host() + ": " + audit.verdict()
                        + (audit.detail().isEmpty() ? "" : ", " + audit.detail()))
                .collect(Collectors.joining("; "));
        return audits.size() > DETAILS_MAX ? detail + "; and " + (audits.size() - DETAILS_MAX) + " more hosts" : detail;
    }

    /** Whether the hour is complete, and marked so. */
    public boolean isKnownComplete() {
        return isComplete() && announced;
    }

    boolean isComplete() {
        return verdict == Verdict.COMPLETE;
    }

    /** Returns count and sum of all rows of the hour. */
    public ContentSum rows() {
        return hosts.values().stream().map(HostFigures::loaded).reduce(ContentSum.ZERO, ContentSum::plus);
    }

    /** Whether the hour was complete, its table has the same rows, and agents have counted no more records since. */
    public boolean isStillComplete(LoadedHour loaded, SortedMap<String, AgentReports.Sent> sent) {
        return isComplete() && hasRows(loaded) && !isOutdatedBy(sent);
    }

    private boolean hasRows(LoadedHour loaded) {
        SortedMap<String, ContentSum> then = new TreeMap<>();
        hosts.forEach((host, figures) -> then.put(host, figures.loaded()));
        SortedMap<String, ContentSum> now = new TreeMap<>(loaded.sums());
        then.values().removeIf(ContentSum.ZERO::equals);
        now.values().removeIf(ContentSum.ZERO::equals);
        return loaded.unsummed().isEmpty() && then.equals(now);
    }

    /** Whether agents counted more records since. Counts that retention deletes do not matter. */
    boolean isOutdatedBy(SortedMap<String, AgentReports.Sent> sent) {
        for (Map.Entry<String, AgentReports.Sent> host : sent.entrySet()) {
            long then = Optional.ofNullable(hosts.get(host.getKey()))
                    .map(HostFigures::acknowledged)
                    .orElse(0L);
            if (host.getValue().acknowledged().count() > then) {
                return true;
            }
        }
        return false;
    }

    /** Whether another verdict is the same, except for its commit and time. */
    boolean isLike(HourVerdict other) {
        return verdict == other.verdict && detail.equals(other.detail) && hosts.equals(other.hosts);
    }

    HourVerdict announced(boolean isAnnounced) {
        return new HourVerdict(hour, verdict, detail, hosts, commit, timeMs, isAnnounced);
    }
}
