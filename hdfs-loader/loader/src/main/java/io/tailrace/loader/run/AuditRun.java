package io.tailrace.loader.run;

import io.tailrace.loader.audit.AgentReports;
import io.tailrace.loader.audit.AuditServices;
import io.tailrace.loader.audit.AuditTopicNames;
import io.tailrace.loader.audit.HostAudit;
import io.tailrace.loader.audit.HourAudit;
import io.tailrace.loader.audit.LoadedHour;
import io.tailrace.loader.audit.LoadedHours;
import io.tailrace.loader.audit.LogEnds;
import io.tailrace.loader.audit.SharedReports;
import io.tailrace.loader.commit.CommitLog;
import io.tailrace.loader.commit.TopicState;
import io.tailrace.loader.hours.HourVerdict;
import io.tailrace.loader.hours.HourVerdicts;
import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.TableKind;
import io.tailrace.loader.task.StoredRows;
import io.tailrace.loader.verify.FileVerifier;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/** Audits topics: reads what agents reported and what is loaded, and judges each hour. Changes nothing. */
public final class AuditRun {
    private final Path output;
    private final AuditServices services;
    private final @Nullable Verification verification;

    /**
     * Computes the sums from the rows of the files, instead of using those in the footers.
     *
     * @param progress reports the rows that are done
     * @param abort checked regularly while rows are read
     */
    public record Verification(VerifyProgress.Factory progress, AbortCheck abort) {}

    /** @param output the folder of all output */
    public AuditRun(Path output, AuditServices services) {
        this(output, services, null);
    }

    /** @param verification null for an audit that uses the sums in the footers */
    public AuditRun(Path output, AuditServices services, @Nullable Verification verification) {
        this.output = output;
        this.services = services;
        this.verification = verification;
    }

    /**
     * Audits topics.
     *
     * @param selected the hours to audit, among those in which something was sent or loaded
     * @param withoutHosts hosts whose agents no hour waits for
     * @return the audits by topic, hour and host
     * @throws IOException if a topic, a commit log or a file cannot be read; the message names it
     */
    public List<HostAudit> run(
            AuditTopicNames names, List<String> topics, Predicate<PathPartition> selected, Set<String> withoutHosts)
            throws IOException {
        AgentReports reports = new SharedReports(names, Set.copyOf(topics), withoutHosts, services).read();
        List<HostAudit> audits = new ArrayList<>();
        for (String topic : topics) {
            audits.addAll(audit(reports, topic, selected));
        }
        return audits;
    }

    private List<HostAudit> audit(AgentReports reports, String topic, Predicate<PathPartition> selected)
            throws IOException {
        Layout layout = new Layout(output, topic);
        // After the agents' reports, so that the records that agents report are below these ends.
        LogEnds ends = LogEnds.read(services.admin(), topic);
        TopicState state = new CommitLog(services.store(), layout).state();
        TopicAudit audit = new TopicAudit(
                topic,
                reports,
                new HourVerdicts(services.store(), layout),
                new HourAudit(reports, topic, ends.unloaded(state)));
        SortedSet<PathPartition> hours = new TreeSet<>(reports.hours(topic));
        hours.addAll(state.hours(TableKind.ROWS).keySet());
        hours.removeIf(selected.negate());
        if (verification == null) {
            return audit.of(hours, new LoadedHours(services.store(), layout, state));
        }
        try (VerifyProgress progress = verification.progress().start(topic, rows(state, hours))) {
            FileVerifier verifier = new FileVerifier(
                    new FileVerifier.Input(
                            services.store(),
                            layout,
                            services.registry(),
                            new StoredRows(services.store(), layout, verification.abort()),
                            progress::verified),
                    topic);
            return audit.of(hours, new LoadedHours(services.store(), layout, state, verifier));
        }
    }

    private record TopicAudit(String topic, AgentReports reports, HourVerdicts verdicts, HourAudit judge) {

        List<HostAudit> of(SortedSet<PathPartition> hours, LoadedHours loaded) throws IOException {
            List<HostAudit> audits = new ArrayList<>();
            for (PathPartition hour : hours) {
                LoadedHour rows = loaded.of(hour);
                Optional<HourVerdict> marked = marked(hour, rows);
                audits.addAll(marked.map(verdict -> asMarked(topic, verdict)).orElseGet(() -> judge.of(hour, rows)));
            }
            return audits;
        }

        private Optional<HourVerdict> marked(PathPartition hour, LoadedHour rows) throws IOException {
            return hour.startMs() < reports.countsSinceMs() && rows.findings().isEmpty()
                    ? verdicts.of(hour).filter(verdict -> verdict.isStillComplete(rows, reports.sent(topic, hour)))
                    : Optional.empty();
        }
    }

    /** An hour whose counts may be deleted by now is as complete as it was marked, if it has the same rows. */
    private static List<HostAudit> asMarked(String topic, HourVerdict verdict) {
        List<HostAudit> audits = new ArrayList<>();
        verdict.hosts()
                .forEach((host, figures) -> audits.add(new HostAudit(
                        topic,
                        verdict.hour(),
                        host,
                        figures.read(),
                        figures.acknowledged(),
                        figures.loaded().count(),
                        figures.read() - figures.acknowledged(),
                        figures.verdict(),
                        "as found at " + Instant.ofEpochMilli(verdict.timeMs()))));
        return audits;
    }

    private static long rows(TopicState state, SortedSet<PathPartition> hours) {
        return state.hours(TableKind.ROWS).entrySet().stream()
                .filter(hour -> hours.contains(hour.getKey()))
                .flatMap(hour -> hour.getValue().files().stream())
                .mapToLong(DataFile::rows)
                .sum();
    }
}
