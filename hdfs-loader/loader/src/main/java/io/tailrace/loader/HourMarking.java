package io.tailrace.loader;

import io.tailrace.client.Producer;
import io.tailrace.client.ProducerConfig;
import io.tailrace.loader.audit.AuditServices;
import io.tailrace.loader.audit.SharedReports;
import io.tailrace.loader.commit.Publisher;
import io.tailrace.loader.compact.CompactRun;
import io.tailrace.loader.hours.Completeness;
import io.tailrace.loader.hours.HourAnnouncer;
import io.tailrace.loader.hours.HourVerdicts;
import io.tailrace.loader.hours.HoursTopic;
import io.tailrace.loader.run.CompleteHourMerge;
import io.tailrace.loader.run.LoadRun;
import io.tailrace.loader.run.MarkedRun;
import io.tailrace.loader.run.TopicLoad;
import io.tailrace.loader.table.Layout;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Builds what follows loads and reloads: the marks of complete hours, and after a load the merge of their files. Thread-safe. */
final class HourMarking implements AutoCloseable {
    private final LoaderConfig config;
    private final LoadRun.Dependencies load;
    private final HoursTopic hours;
    private final Completeness.Dependencies dependencies;
    private final SharedReports reports;

    /**
     * Connects to nothing yet.
     *
     * @param topics the topics whose hours are marked
     * @param load the services of the loads
     */
    HourMarking(LoaderConfig config, Set<String> topics, LoadRun.Dependencies load) {
        this.config = config;
        this.load = load;
        AuditConfig audit = config.audit();
        this.hours = new HoursTopic(
                audit.hoursTopic(), load.admin(), () -> Producer.create(ProducerConfig.of(config.bootstrapServers())));
        this.dependencies = new Completeness.Dependencies(
                new AuditServices(
                        load.admin(), load.consumers(), load.registry(), load.store(), System::nanoTime, load.clock()),
                load.catalog(),
                audit.hoursTopic().isEmpty() ? HourAnnouncer.NONE : hours,
                load.abort(),
                load.clock());
        this.reports = new SharedReports(audit.topics(), topics, audit.withoutHosts(), dependencies.audit());
    }

    /** Returns a load of a topic with what follows it. */
    TopicLoad.Run after(String topic, TopicLoad.Run run) {
        return new MarkedRun(
                run,
                completeness(topic),
                config.audit().mergesComplete() ? Optional.of(merge(topic)) : Optional.empty());
    }

    /** Judges and marks the hours of a topic that have changed. Returns what failed; the next load repeats it. */
    List<Publisher.Failure> mark(String topic) {
        return completeness(topic).publish();
    }

    private Completeness completeness(String topic) {
        return new Completeness(config.outputPath(), topic, dependencies, reports);
    }

    private CompleteHourMerge merge(String topic) {
        CompactRun compact = new CompactRun(
                Compactor.settings(config),
                new CompactRun.Dependencies(load.store(), load.catalog(), load.abort(), load.listener(), load.clock()),
                topic);
        return new CompleteHourMerge(compact, new HourVerdicts(load.store(), new Layout(config.outputPath(), topic)));
    }

    @Override
    public void close() {
        hours.close();
    }
}
