package io.tailrace.loader.hours;

import io.tailrace.loader.audit.AgentReports;
import io.tailrace.loader.audit.AuditServices;
import io.tailrace.loader.audit.HourAudit;
import io.tailrace.loader.audit.LoadedHours;
import io.tailrace.loader.audit.LogEnds;
import io.tailrace.loader.audit.SharedReports;
import io.tailrace.loader.commit.CatalogPublication;
import io.tailrace.loader.commit.CommitLog;
import io.tailrace.loader.commit.FilesPublication;
import io.tailrace.loader.commit.Manifest;
import io.tailrace.loader.commit.Marks;
import io.tailrace.loader.commit.Publisher;
import io.tailrace.loader.commit.TopicState;
import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.StagedFile;
import io.tailrace.loader.table.TableCatalog;
import io.tailrace.loader.table.TableKind;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The publication of a topic's complete hours: judges the hours that changed since the last run, and announces which are complete, or no
 * longer are. A failure never undoes or holds up a load. Used by one thread.
 *
 * <p>It is not a {@link io.tailrace.loader.commit.Publication}, because those run only for new commits: agents report more without a
 * commit, and their reports must be read before the load plans.
 *
 * <p>A verdict is on disk before it is announced, and again once it is announced, so that a run after a crash repeats the
 * announcements.
 */
public final class Completeness {
    /** The name of its mark: all hours are judged as of that commit. */
    public static final String NAME = "completeness";

    private static final Logger log = LoggerFactory.getLogger(Completeness.class);
    private static final long HOUR_MS = Duration.ofHours(1).toMillis();

    /** How far back from the last hour that all agents have read hours without records become complete. */
    private static final Duration EMPTY_HOURS_MAX = Duration.ofDays(7);

    private final String topic;
    private final Layout layout;
    private final Dependencies dependencies;
    private final SharedReports reports;
    private final CommitLog commits;
    private final Marks marks;
    private final HourVerdicts verdicts;
    private @Nullable LogEnds ends;

    /**
     * The services of this publication.
     *
     * @param audit the services of an audit
     * @param catalog where the topic's tables are registered
     * @param announcer announces verdicts
     * @param abort stops the run if it loses its lock
     * @param clock the time of verdicts
     */
    public record Dependencies(
            AuditServices audit,
            TableCatalog catalog,
            HourAnnouncer announcer,
            AbortCheck abort,
            InstantSource clock) {}

    /**
     * Creates the publication of a topic.
     *
     * @param output the folder of all output
     * @param reports what agents reported, shared by the topics of a run
     */
    public Completeness(Path output, String topic, Dependencies dependencies, SharedReports reports) {
        this.topic = topic;
        this.layout = new Layout(output, topic);
        this.dependencies = dependencies;
        this.reports = reports;
        this.commits = new CommitLog(dependencies.audit().store(), layout);
        this.marks = new Marks(dependencies.audit().store(), layout);
        this.verdicts = new HourVerdicts(dependencies.audit().store(), layout);
    }

    /**
     * Reads the agents' reports. If this succeeds before the load plans, the load reads all records that they report, so that one
     * that is not in the table is missing.
     */
    public void prepare() {
        try {
            readReports();
        } catch (IOException | RuntimeException e) {
            log.info(
                    "cannot read the agents' reports, trying again after the load: topic {}: {}",
                    topic,
                    e.getMessage());
        }
    }

    private AgentReports readReports() throws IOException {
        AgentReports reported = reports.read();
        if (ends == null) {
            ends = LogEnds.read(dependencies.audit().admin(), topic);
        }
        return reported;
    }

    /** Judges and announces. Returns what failed; the next run repeats it. */
    public List<Publisher.Failure> publish() {
        try {
            judgeChanged(readReports());
            return List.of();
        } catch (IOException e) {
            return List.of(new Publisher.Failure(NAME, e));
        } catch (RuntimeException e) {
            return List.of(new Publisher.Failure(
                    NAME, new IOException("cannot judge the hours of topic " + topic + ": " + e.getMessage(), e)));
        }
    }

    private void judgeChanged(AgentReports reported) throws IOException {
        long from = marks.sequence(NAME);
        if (from == 0 && !reported.hasAgents(topic) && reported.hours(topic).isEmpty()) {
            return;
        }
        TopicState state = commits.state();
        if (marks.sequence(FilesPublication.NAME) < state.sequence()) {
            throw new IOException("waits for the files of commit " + state.sequence());
        }
        if (dependencies.catalog() != TableCatalog.NONE && marks.sequence(CatalogPublication.NAME) < state.sequence()) {
            // Or the parameter of an hour that Hive does not have yet would never be set.
            throw new IOException("waits for the path partitions of commit " + state.sequence() + " in the catalog");
        }
        SortedSet<PathPartition> changed = changedSince(from, state, reported);
        SortedMap<String, SortedSet<PathPartition>> days = new TreeMap<>();
        Stream.of(changed, reported.hours(topic), emptyHours(state, reported))
                .flatMap(Collection::stream)
                .forEach(hour -> days.computeIfAbsent(hour.dt(), first -> new TreeSet<>())
                        .add(hour));
        verdicts.openDays().forEach(day -> days.putIfAbsent(day, new TreeSet<>()));
        HourJudge judge = new HourJudge(
                reported,
                topic,
                new LoadedHours(dependencies.audit().store(), layout, state),
                new HourAudit(reported, topic, ends == null ? Optional.empty() : ends.unloaded(state)),
                state.sequence());
        HourAnnouncements announcements = new HourAnnouncements(layout, dependencies, state);
        for (var day : days.entrySet()) {
            judgeDay(day.getKey(), day.getValue(), changed, judge, announcements);
        }
        dependencies.abort().throwIfAborted();
        marks.advance(NAME, state.sequence());
    }

    /** Returns the hours whose files changed; on the first run all that agents may have counted. */
    private SortedSet<PathPartition> changedSince(long from, TopicState state, AgentReports reported)
            throws IOException {
        NavigableSet<PathPartition> changed = new TreeSet<>();
        List<Manifest> since = commits.after(from);
        if (from > 0 && (since.isEmpty() || since.get(0).sequence() == from + 1)) {
            for (Manifest commit : since) {
                Stream.concat(commit.added().stream().map(StagedFile::file), commit.removed().stream())
                        .map(DataFile::pathPartition)
                        .forEach(changed::add);
            }
        } else if (!reported.hours(topic).isEmpty()) {
            changed.addAll(state.hours(TableKind.ROWS)
                    .tailMap(reported.hours(topic).iterator().next())
                    .keySet());
        }
        return changed;
    }

    /** Returns the hours that may have no records: those between the first record and the time that all agents have read up to. */
    private SortedSet<PathPartition> emptyHours(TopicState state, AgentReports reported) {
        SortedSet<PathPartition> known = new TreeSet<>(reported.hours(topic));
        known.addAll(state.hours(TableKind.ROWS).keySet());
        SortedSet<PathPartition> hours = new TreeSet<>();
        OptionalLong upTo = reported.readUpToMs(topic);
        if (upTo.isEmpty() || known.isEmpty() || !PathPartition.exists(upTo.getAsLong())) {
            return hours;
        }
        long firstMs = Math.max(
                known.iterator().next().startMs(),
                PathPartition.of(PathPartition.nearestMs(upTo.getAsLong() - EMPTY_HOURS_MAX.toMillis()))
                        .startMs());
        for (long startMs = firstMs; startMs + HOUR_MS <= upTo.getAsLong(); startMs += HOUR_MS) {
            hours.add(PathPartition.of(startMs));
        }
        return hours;
    }

    private void judgeDay(
            String day,
            SortedSet<PathPartition> hours,
            SortedSet<PathPartition> changed,
            HourJudge judge,
            HourAnnouncements announcements)
            throws IOException {
        SortedMap<PathPartition, HourVerdict> known = verdicts.of(day);
        known.forEach((hour, verdict) -> {
            if (!verdict.announced()) {
                hours.add(hour);
            }
        });
        SortedMap<PathPartition, HourVerdict> now = new TreeMap<>(known);
        List<HourVerdict> news = new ArrayList<>();
        for (PathPartition hour : hours) {
            HourVerdict before = known.get(hour);
            if (before != null && !changed.contains(hour) && judge.isStillValid(before)) {
                continue;
            }
            dependencies.abort().throwIfAborted();
            @Nullable
            HourVerdict found = judge.of(hour, before, dependencies.clock().millis());
            if (found != null && (before == null || !before.announced() || !found.isLike(before))) {
                boolean isNews = found.isComplete() || (before != null && (before.isComplete() || !before.announced()));
                now.put(hour, found.announced(!isNews));
                if (isNews) {
                    news.add(found);
                }
            }
        }
        if (!news.isEmpty()) {
            put(day, now);
            announcements.announce(news);
            news.forEach(verdict -> now.put(verdict.hour(), verdict.announced(true)));
            news.forEach(this::log);
        }
        if (!now.equals(known)) {
            put(day, now);
        }
    }

    private void put(String day, SortedMap<PathPartition, HourVerdict> now) throws IOException {
        dependencies.abort().throwIfAborted();
        verdicts.put(day, now.values());
    }

    private void log(HourVerdict verdict) {
        if (verdict.isComplete()) {
            log.info(
                    "hour is complete: topic {}, hour {}, rows {}",
                    topic,
                    verdict.hour().hourText(),
                    verdict.rows().count());
        } else {
            log.warn(
                    "hour is no longer complete: topic {}, hour {}: {}",
                    topic,
                    verdict.hour().hourText(),
                    verdict.detail());
        }
    }
}
