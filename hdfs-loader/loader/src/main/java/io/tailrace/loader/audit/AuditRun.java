package io.tailrace.loader.audit;

import io.tailrace.client.Admin;
import io.tailrace.client.Consumer;
import io.tailrace.loader.commit.CommitLog;
import io.tailrace.loader.commit.TopicState;
import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.TableKind;
import io.tailrace.loader.task.StoredRows;
import io.tailrace.loader.verify.FileVerifier;
import io.tailrace.schemas.SchemaRegistryClient;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/** Audits topics: reads what agents reported and what is loaded, and judges each hour. Changes nothing. */
public final class AuditRun {
    private final Path output;
    private final Dependencies dependencies;
    private final @Nullable Verification verification;

    /**
     * The services of an audit.
     *
     * @param admin describes topics and their offsets
     * @param consumers creates a consumer without an offset reset
     * @param registry the schema registry
     * @param store the file system of the output
     * @param nanoTime measures how long a partition delivers nothing
     * @param clock the time of the audit
     */
    public record Dependencies(
            Admin admin,
            Supplier<Consumer> consumers,
            SchemaRegistryClient registry,
            Store store,
            LongSupplier nanoTime,
            InstantSource clock) {}

    /**
     * The topics that agents report to.
     *
     * @param counts the topic of {@code AuditCount}
     * @param progress the topic of {@code AuditProgress}
     */
    public record AuditTopicNames(String counts, String progress) {}

    /**
     * Computes the sums from the rows of the files, instead of using those in the footers.
     *
     * @param progress reports the rows that are done
     * @param abort checked regularly while rows are read
     */
    public record Verification(VerifyProgress.Factory progress, AbortCheck abort) {}

    /** @param output the folder of all output */
    public AuditRun(Path output, Dependencies dependencies) {
        this(output, dependencies, null);
    }

    /** @param verification null for an audit that uses the sums in the footers */
    public AuditRun(Path output, Dependencies dependencies, @Nullable Verification verification) {
        this.output = output;
        this.dependencies = dependencies;
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
        AgentReports reports = new SharedReports(names, Set.copyOf(topics), withoutHosts, dependencies).read();
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
        LogEnds ends = LogEnds.read(dependencies.admin(), topic);
        TopicState state = new CommitLog(dependencies.store(), layout).state();
        TopicAudit audit = new TopicAudit(
                topic,
                reports,
                new HourVerdicts(dependencies.store(), layout),
                new HourAudit(reports, topic, ends.unloaded(state)));
        SortedSet<PathPartition> hours = new TreeSet<>(reports.hours(topic));
        hours.addAll(state.hours(TableKind.ROWS).keySet());
        hours.removeIf(selected.negate());
        if (verification == null) {
            return audit.of(hours, new LoadedHours(dependencies.store(), layout, state));
        }
        try (VerifyProgress progress = verification.progress().start(topic, rows(state, hours))) {
            FileVerifier verifier = new FileVerifier(
                    new FileVerifier.Input(
                            dependencies.store(),
                            layout,
                            dependencies.registry(),
                            new StoredRows(dependencies.store(), layout, verification.abort()),
                            progress::verified),
                    topic);
            return audit.of(hours, new LoadedHours(dependencies.store(), layout, state, verifier));
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
                    ? verdicts.of(hour)
                            .filter(HourVerdict::isComplete)
                            .filter(verdict ->
                                    verdict.hasRows(rows) && !verdict.isOutdatedBy(reports.sent(topic, hour)))
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
