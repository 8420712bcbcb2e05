package io.tailrace.loader.audit;

import io.tailrace.loader.table.PathPartition;
import io.tailrace.schemas.audit.ContentSum;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/** Judges an hour of a topic. Pure. */
public final class HourAudit {
    private static final int FILES_LISTED_MAX = 3;

    private final AgentReports reports;
    private final String topic;
    private final Optional<String> unloaded;

    /**
     * Creates the judge of a topic.
     *
     * @param reports what agents reported
     * @param unloaded what the loader has not loaded of the topic, if there is something
     */
    public HourAudit(AgentReports reports, String topic, Optional<String> unloaded) {
        this.reports = reports;
        this.topic = topic;
        this.unloaded = unloaded;
    }

    /** Returns the audit of each host, in order. */
    public List<HostAudit> of(PathPartition hour, LoadedHour loaded) {
        SortedMap<String, AgentReports.Sent> sent = reports.sent(topic, hour);
        SortedMap<String, List<String>> unfinished = reports.unfinished(topic, hour.endMs());
        SortedSet<String> hosts = new TreeSet<>(sent.keySet());
        hosts.addAll(loaded.sums().keySet());
        hosts.addAll(unfinished.keySet());
        boolean isUnknown =
                !loaded.unsummed().isEmpty() || !loaded.findings().damaged().isEmpty();
        if (hosts.isEmpty() && isUnknown) {
            hosts.add("");
        }
        List<HostAudit> audits = new ArrayList<>();
        for (String name : hosts) {
            Host host = new Host(
                    name,
                    sent.containsKey(name) || reports.knows(topic, name),
                    sent.getOrDefault(name, AgentReports.Sent.NOTHING),
                    loaded.sums().getOrDefault(name, ContentSum.ZERO),
                    unfinished.getOrDefault(name, List.of()));
            Judgement judgement = withFindings(unlessDeleted(hour, judge(host, loaded)), host, loaded.findings());
            long acknowledged = host.sent().acknowledged().count();
            long rejected = host.sent().rejected();
            audits.add(new HostAudit(
                    topic,
                    hour,
                    name,
                    acknowledged + rejected,
                    acknowledged,
                    host.rows().count(),
                    rejected,
                    judgement.verdict(),
                    judgement.detail()));
        }
        return audits;
    }

    /**
     * What is known of a host in an hour.
     *
     * @param name its name; empty for records without one
     * @param isAudited whether an agent counts its records
     * @param sent what its agents sent
     * @param rows count and sum of its rows
     * @param unfinished why more records may come; empty if none will
     */
    private record Host(
            String name, boolean isAudited, AgentReports.Sent sent, ContentSum rows, List<String> unfinished) {}

    private record Judgement(Verdict verdict, String detail) {}

    private Judgement judge(Host host, LoadedHour loaded) {
        if (!host.isAudited()) {
            return new Judgement(
                    Verdict.UNAUDITED,
                    host.name().isEmpty() ? "records without a host" : "no agent counts this host's records");
        }
        if (!loaded.unsummed().isEmpty()) {
            return new Judgement(
                    Verdict.UNAUDITED,
                    "no sums in " + loaded.unsummed().size() + " files, such as "
                            + loaded.unsummed().get(0));
        }
        if (!host.unfinished().isEmpty()) {
            return new Judgement(Verdict.WAITING, String.join("; ", host.unfinished()));
        }
        return compare(host, loaded);
    }

    /** Rows are too many only if the counts they belong to cannot have been deleted. */
    private Judgement unlessDeleted(PathPartition hour, Judgement judgement) {
        return judgement.verdict() == Verdict.EXTRA && hour.startMs() < reports.countsSinceMs()
                ? new Judgement(
                        Verdict.UNAUDITED,
                        "agents' counts from before " + Instant.ofEpochMilli(reports.countsSinceMs())
                                + " are deleted from the audit topic")
                : judgement;
    }

    /**
     * A file that is not as it was written is named, and is no good even if the counts agree. Producers that are not agents may
     * encode records differently, so their hosts stay unaudited.
     */
    private static Judgement withFindings(Judgement judgement, Host host, Findings findings) {
        List<String> files = findings.alteredFor(host.name());
        if (files.isEmpty()) {
            return judgement;
        }
        boolean isAltered = judgement.verdict().isGood()
                && (host.isAudited() || !findings.damaged().isEmpty());
        return new Judgement(
                isAltered ? Verdict.ALTERED : judgement.verdict(),
                (judgement.detail().isEmpty() ? "" : judgement.detail() + "; ") + "not as written: " + listed(files));
    }

    private static String listed(List<String> files) {
        int more = files.size() - FILES_LISTED_MAX;
        return String.join("; ", files.subList(0, Math.min(files.size(), FILES_LISTED_MAX)))
                + (more > 0 ? "; and " + more + " more files" : "");
    }

    private Judgement compare(Host host, LoadedHour loaded) {
        ContentSum acknowledged = host.sent().acknowledged();
        long missing = acknowledged.count() - host.rows().count();
        if (missing > 0 && unloaded.isPresent()) {
            return new Judgement(Verdict.WAITING, unloaded.get());
        }
        if (missing > 0) {
            String errors = loaded.errorRows() == 0
                    ? ""
                    : "; " + loaded.errorRows() + " records of the hour are in the error table";
            return new Judgement(Verdict.MISSING, missing + " records are missing" + errors);
        }
        if (missing < 0) {
            return new Judgement(Verdict.EXTRA, -missing + " records too many");
        }
        List<String> unverified = loaded.findings().unverified().getOrDefault(host.name(), List.of());
        if (!unverified.isEmpty()) {
            return new Judgement(
                    Verdict.UNAUDITED, "the counts agree; contents that cannot be verified: " + listed(unverified));
        }
        if (!host.sent().summed()) {
            return new Judgement(
                    Verdict.UNAUDITED, "the counts agree; an agent of an earlier release did not sum contents");
        }
        return acknowledged.equals(host.rows())
                ? new Judgement(Verdict.COMPLETE, "")
                : new Judgement(Verdict.ALTERED, "the counts agree, the contents do not");
    }
}
