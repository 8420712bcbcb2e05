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
final class HourAudit {
    private static final int FILES_LISTED_MAX = 3;

    private final AgentReports reports;
    private final String topic;
    private final Optional<String> unloaded;

    /**
     * Creates the judge of a topic.
     *
     * @param reports what agents said
     * @param unloaded what the loader has not loaded of the topic, if there is something
     */
    HourAudit(AgentReports reports, String topic, Optional<String> unloaded) {
        this.reports = reports;
        this.topic = topic;
        this.unloaded = unloaded;
    }

    /** Returns the audit of each host, in order. */
    List<HostAudit> of(PathPartition hour, LoadedHour loaded) {
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
        for (String host : hosts) {
            AgentReports.Sent agents = sent.getOrDefault(host, AgentReports.Sent.NOTHING);
            ContentSum rows = loaded.sums().getOrDefault(host, ContentSum.ZERO);
            boolean isAudited = sent.containsKey(host) || reports.knows(topic, host);
            Judgement judgement = unlessDeleted(
                    hour, judge(host, isAudited, agents, rows, loaded, unfinished.getOrDefault(host, List.of())));
            judgement = withFindings(judgement, isAudited, loaded.findings(), host);
            long acknowledged = agents.acknowledged().count();
            audits.add(new HostAudit(
                    topic,
                    hour,
                    host,
                    acknowledged + agents.rejected(),
                    acknowledged,
                    rows.count(),
                    agents.rejected(),
                    judgement.verdict(),
                    judgement.detail()));
        }
        return audits;
    }

    private record Judgement(Verdict verdict, String detail) {}

    private Judgement judge(
            String host,
            boolean isAudited,
            AgentReports.Sent agents,
            ContentSum rows,
            LoadedHour loaded,
            List<String> unfinished) {
        if (!isAudited) {
            return new Judgement(
                    Verdict.UNAUDITED,
                    host.isEmpty() ? "records without a host" : "no agent counts this host's records");
        }
        if (!loaded.unsummed().isEmpty()) {
            return new Judgement(
                    Verdict.UNAUDITED,
                    "no sums in " + loaded.unsummed().size() + " files, such as "
                            + loaded.unsummed().get(0));
        }
        if (!unfinished.isEmpty()) {
            return new Judgement(Verdict.WAITING, String.join("; ", unfinished));
        }
        return compare(host, agents, rows, loaded);
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
    private static Judgement withFindings(Judgement judgement, boolean isAudited, Findings findings, String host) {
        List<String> files = findings.alteredFor(host);
        if (files.isEmpty()) {
            return judgement;
        }
        boolean isAltered = judgement.verdict().isGood()
                && (isAudited || !findings.damaged().isEmpty());
        return new Judgement(
                isAltered ? Verdict.ALTERED : judgement.verdict(),
                (judgement.detail().isEmpty() ? "" : judgement.detail() + "; ") + "not as written: " + listed(files));
    }

    private static String listed(List<String> files) {
        int more = files.size() - FILES_LISTED_MAX;
        return String.join("; ", files.subList(0, Math.min(files.size(), FILES_LISTED_MAX)))
                + (more > 0 ? "; and " + more + " more files" : "");
    }

    private Judgement compare(String host, AgentReports.Sent agents, ContentSum rows, LoadedHour loaded) {
        long missing = agents.acknowledged().count() - rows.count();
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
        List<String> unverified = loaded.findings().unverified().getOrDefault(host, List.of());
        if (!unverified.isEmpty()) {
            return new Judgement(
                    Verdict.UNAUDITED, "the counts agree; contents that cannot be verified: " + listed(unverified));
        }
        if (!agents.summed()) {
            return new Judgement(
                    Verdict.UNAUDITED, "the counts agree; an agent of an earlier release did not sum contents");
        }
        return agents.acknowledged().equals(rows)
                ? new Judgement(Verdict.COMPLETE, "")
                : new Judgement(Verdict.ALTERED, "the counts agree, the contents do not");
    }
}
