package io.tailrace.loader;

import io.tailrace.client.Admin;
import io.tailrace.client.ClientConfig;
import io.tailrace.client.Consumer;
import io.tailrace.client.ConsumerConfig;
import io.tailrace.client.IsolationLevel;
import io.tailrace.client.OffsetReset;
import io.tailrace.loader.audit.AuditServices;
import io.tailrace.loader.engine.Engine;
import io.tailrace.loader.engine.LocalEngine;
import io.tailrace.loader.engine.mapreduce.MapReduceEngine;
import io.tailrace.loader.hive.MetastoreCatalog;
import io.tailrace.loader.rewrite.ReloadRange;
import io.tailrace.loader.rewrite.ReloadResult;
import io.tailrace.loader.rewrite.ReloadRun;
import io.tailrace.loader.rewrite.RetryErrorsRun;
import io.tailrace.loader.run.LoadChoices;
import io.tailrace.loader.run.LoadProgress;
import io.tailrace.loader.run.LoadRun;
import io.tailrace.loader.run.LoaderLock;
import io.tailrace.loader.run.TopicLoad;
import io.tailrace.loader.run.TopicOutcome;
import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.TableCatalog;
import io.tailrace.loader.task.TaskServices;
import io.tailrace.process.OutputTable;
import io.tailrace.schemas.HttpSchemaRegistryClient;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;

/** Builds a loader from its configuration and runs it. */
final class Loader {
    private static final Duration REGISTRY_TIMEOUT = Duration.ofSeconds(10);

    private Loader() {}

    /**
     * Which topics to load, and how long to wait for the lock.
     *
     * @param topics names of topics
     * @param choices what the user accepts
     * @param retryErrors whether to load what is in the error tables instead of new records
     * @param lockWaitMs how long to wait for another load of the group to end
     */
    record Request(List<String> topics, LoadChoices choices, boolean retryErrors, long lockWaitMs) {}

    /**
     * Loads topics beside each other.
     *
     * @param ended receives each outcome at once, on any thread
     * @return the outcomes, in the order of the topics
     * @throws IOException if no topic can be loaded: another load runs, or ZooKeeper cannot be reached
     */
    static List<TopicOutcome> load(
            LoaderConfig config, Request request, java.util.function.Consumer<TopicOutcome> ended) throws IOException {
        try (LoaderLock lock = LoaderLock.acquire(config.zookeeperConnect(), config.group(), request.lockWaitMs())) {
            return connected(
                    config,
                    lock,
                    request.topics().size(),
                    (settings, dependencies) -> load(config, request, ended, settings, dependencies));
        }
    }

    private static List<TopicOutcome> load(
            LoaderConfig config,
            Request request,
            java.util.function.Consumer<TopicOutcome> ended,
            LoadRun.Settings settings,
            LoadRun.Dependencies dependencies)
            throws IOException {
        try (HourMarking marking = new HourMarking(config, Set.copyOf(request.topics()), dependencies)) {
            return ParallelTopics.load(request.topics(), config.run().topicsParallel(), topic -> {
                // Needs no broker, so it does not read the agents' reports. The next load judges the hours that it
                // changes.
                TopicLoad.Run run = request.retryErrors()
                        ? new RetryErrorsRun(settings, dependencies, topic)
                        : marking.after(topic, new LoadRun(settings, dependencies, topic).with(request.choices()));
                TopicOutcome outcome = new TopicLoad(topic, run, config.run().retries()).load();
                ended.accept(outcome);
                return outcome;
            });
        }
    }

    /**
     * What to load again.
     *
     * @param acceptErrors whether records go to the error table however many there are
     * @param dryRun whether to write nothing
     */
    record ReloadRequest(String topic, ReloadRange range, boolean acceptErrors, boolean dryRun) {}

    /**
     * Loads records of a topic again. A dry run needs no lock.
     *
     * @throws IOException if nothing was changed
     */
    static ReloadResult reload(LoaderConfig config, ReloadRequest request) throws IOException {
        if (request.dryRun()) {
            return connected(config, () -> {}, 1, (settings, dependencies) -> new ReloadRun(
                            settings, dependencies, request.topic())
                    .dryRun(request.range(), request.acceptErrors()));
        }
        try (LoaderLock lock = LoaderLock.acquire(
                config.zookeeperConnect(), config.group(), config.run().lockWaitMs())) {
            return connected(
                    config, lock, 1, (settings, dependencies) -> reload(config, request, settings, dependencies));
        }
    }

    private static ReloadResult reload(
            LoaderConfig config, ReloadRequest request, LoadRun.Settings settings, LoadRun.Dependencies dependencies)
            throws IOException {
        ReloadResult result =
                new ReloadRun(settings, dependencies, request.topic()).run(request.range(), request.acceptErrors());
        if (result.hours().isEmpty()) {
            return result;
        }
        try (HourMarking marking = new HourMarking(config, Set.of(request.topic()), dependencies)) {
            return result.withMoreFailures(marking.mark(request.topic()));
        }
    }

    /** What uses connections while they are open. */
    @FunctionalInterface
    private interface Work<T> {
        T run(LoadRun.Settings settings, LoadRun.Dependencies dependencies) throws IOException;
    }

    private static <T> T connected(LoaderConfig config, AbortCheck lock, int topics, Work<T> work) throws IOException {
        Configuration hadoop = hadoop(config);
        try (Admin admin = Admin.create(ClientConfig.of(config.bootstrapServers()));
                Store store = Store.open(config.outputPath(), hadoop);
                TableCatalog catalog = catalog(config)) {
            TaskServices services =
                    TaskServices.connect(config.bootstrapServers(), config.group(), config.registry(), store);
            LoadRun.Dependencies dependencies = new LoadRun.Dependencies(
                    admin,
                    engine(config, hadoop, services),
                    services.registry(),
                    services.consumers(),
                    store,
                    catalog,
                    offsets -> {
                        try (Consumer group = services.consumers().get()) {
                            group.commit(offsets);
                        }
                    },
                    lock,
                    step -> {},
                    progress(topics),
                    InstantSource.system());
            LoadRun.Settings settings = new LoadRun.Settings(
                    config.outputPath(),
                    config.taskBytesMax(),
                    config.parquet(),
                    config.eventTimeField(),
                    config.run().subjects(),
                    config.run().errorsRatioMax());
            return work.run(settings, dependencies);
        }
    }

    /** The services of an audit. */
    static AuditServices audit(LoaderConfig config, Admin admin, Store store) {
        ConsumerConfig consumer = ConsumerConfig.builder(config.bootstrapServers())
                .offsetReset(OffsetReset.NONE)
                .isolation(IsolationLevel.READ_COMMITTED)
                .build();
        return new AuditServices(
                admin,
                () -> Consumer.create(consumer),
                new HttpSchemaRegistryClient(config.registry(), REGISTRY_TIMEOUT),
                store,
                System::nanoTime,
                InstantSource.system());
    }

    /**
     * Returns what is loaded, a row for each topic or for each file. Takes no lock.
     *
     * @throws IOException if the output cannot be read; brokers that cannot be reached leave the lag empty
     */
    static OutputTable status(LoaderConfig config, List<String> topics, boolean files) throws IOException {
        try (Admin admin = Admin.create(ClientConfig.of(config.bootstrapServers()));
                Store store = Store.open(config.outputPath(), hadoop(config))) {
            LoadStatus status = new LoadStatus(config.outputPath(), store, admin);
            return files ? status.files(topics) : status.topics(topics);
        }
    }

    static Configuration hadoop(LoaderConfig config) {
        return HadoopFiles.read(
                config.hadoopConfDir(), System.getenv(), config.mapReduce().isPresent());
    }

    private static Engine engine(LoaderConfig config, Configuration hadoop, TaskServices services) {
        return config.mapReduce()
                .<Engine>map(settings -> new MapReduceEngine(
                        settings,
                        new MapReduceEngine.Services(config.bootstrapServers(), config.group(), config.registry()),
                        hadoop,
                        services.store()))
                .orElseGet(() -> new LocalEngine(config.threads(), services));
    }

    static TableCatalog catalog(LoaderConfig config) {
        return config.metastores().isEmpty()
                ? TableCatalog.NONE
                : new MetastoreCatalog(config.metastores(), config.hiveDatabase());
    }

    /** A bar on a terminal if one topic is loaded, log lines otherwise. */
    @SuppressWarnings("SystemConsoleNull") // On Java 17 it is null without a terminal.
    private static LoadProgress.Factory progress(int topics) {
        return System.console() != null && topics == 1
                ? LoadProgress::bar
                : (topic, records) -> LoadProgress.lines(topic, records, System::nanoTime);
    }
}
