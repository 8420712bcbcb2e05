package io.tailrace.loader.audit;

import io.tailrace.client.Admin;
import io.tailrace.client.Consumer;
import io.tailrace.client.TopicDescription;
import io.tailrace.loader.commit.CommitLog;
import io.tailrace.loader.commit.TopicState;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.PathPartition;
import io.tailrace.loader.table.TableKind;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.schemas.SchemaRegistryClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;

/** Audits topics: reads what agents say, what is loaded, and judges each hour. Changes nothing. */
public final class AuditRun {
    private final Path output;
    private final Dependencies dependencies;

    /**
     * The services of an audit.
     *
     * @param admin describes topics and their offsets
     * @param consumers creates a consumer without an offset reset
     * @param registry the schema registry
     * @param store the file system of the output
     * @param nanoTime measures how long a partition delivers nothing
     */
    public record Dependencies(
            Admin admin,
            Supplier<Consumer> consumers,
            SchemaRegistryClient registry,
            Store store,
            LongSupplier nanoTime) {}

    /**
     * The topics that agents report to.
     *
     * @param counts the topic of {@code AuditCount}
     * @param progress the topic of {@code AuditProgress}
     */
    public record AuditTopicNames(String counts, String progress) {}

    /** @param output the folder of all output */
    public AuditRun(Path output, Dependencies dependencies) {
        this.output = output;
        this.dependencies = dependencies;
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
        AgentReports reports = new AuditTopics(
                        dependencies.admin(),
                        dependencies.consumers(),
                        dependencies.registry(),
                        dependencies.nanoTime())
                .read(names.counts(), names.progress(), Set.copyOf(topics));
        List<HostAudit> audits = new ArrayList<>();
        for (String topic : topics) {
            for (AgentId agent : reports.agents(topic)) {
                if (withoutHosts.contains(agent.host())) {
                    reports.forget(topic, agent);
                }
            }
            audits.addAll(audit(reports, topic, selected));
        }
        return audits;
    }

    private List<HostAudit> audit(AgentReports reports, String topic, Predicate<PathPartition> selected)
            throws IOException {
        Layout layout = new Layout(output, topic);
        // After the agents' reports, so that what they say is acknowledged is below these ends.
        SortedMap<Integer, Long> ends = ends(topic);
        TopicState state = new CommitLog(dependencies.store(), layout).state();
        LoadedHours loaded = new LoadedHours(dependencies.store(), layout, state);
        HourAudit judge = new HourAudit(reports, topic, unloaded(ends, state));
        SortedSet<PathPartition> hours = new TreeSet<>(reports.hours(topic));
        hours.addAll(state.hours(TableKind.ROWS).keySet());
        List<HostAudit> audits = new ArrayList<>();
        for (PathPartition hour : hours) {
            if (selected.test(hour)) {
                audits.addAll(judge.of(hour, loaded.of(hour)));
            }
        }
        return audits;
    }

    private SortedMap<Integer, Long> ends(String topic) throws IOException {
        TopicDescription description =
                dependencies.admin().describe(Set.of(topic)).get(topic);
        if (description == null) {
            throw new IOException("topic " + topic + " does not exist");
        }
        List<TopicPartition> partitions = description.partitions().stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        SortedMap<Integer, Long> ends = new TreeMap<>();
        dependencies
                .admin()
                .latestOffsets(partitions)
                .forEach((partition, end) -> ends.put(partition.partition(), end));
        return ends;
    }

    private static Optional<String> unloaded(SortedMap<Integer, Long> ends, TopicState state) {
        SortedMap<Integer, Long> loaded =
                state.newest().map(manifest -> manifest.endOffsets()).orElseGet(TreeMap::new);
        long records = 0;
        for (Map.Entry<Integer, Long> end : ends.entrySet()) {
            records += Math.max(0, end.getValue() - loaded.getOrDefault(end.getKey(), 0L));
        }
        return records == 0 ? Optional.empty() : Optional.of("the loader has " + records + " records to load");
    }
}
