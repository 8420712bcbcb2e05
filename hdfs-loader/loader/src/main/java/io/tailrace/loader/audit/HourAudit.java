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
        List<HostAudit> audits = new ArrayList<>();
        for (String host : hosts) {
            AgentReports.Sent agents = sent.getOrDefault(host, AgentReports.Sent.NOTHING);
            ContentSum rows = loaded.sums().getOrDefault(host, ContentSum.ZERO);
            Judgement judgement = unlessDeleted(
                    hour,
                    judge(
                            host,
                            sent.containsKey(host) || reports.knows(topic, host),
                            agents,
                            rows,
                            loaded,
                            unfinished.getOrDefault(host, List.of())));
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
        return compare(agents, rows, loaded);
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

    private Judgement compare(AgentReports.Sent agents, ContentSum rows, LoadedHour loaded) {
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
        if (!agents.summed()) {
            return new Judgement(
                    Verdict.UNAUDITED, "the counts agree; an agent of an earlier release did not sum contents");
        }
        return agents.acknowledged().equals(rows)
                ? new Judgement(Verdict.COMPLETE, "")
                : new Judgement(Verdict.ALTERED, "the counts agree, the contents do not");
    }
}
