package io.tailrace.loader;

import io.tailrace.client.Admin;
import io.tailrace.client.ClientConfig;
import io.tailrace.client.Consumer;
import io.tailrace.client.ConsumerConfig;
import io.tailrace.client.OffsetReset;
import io.tailrace.loader.engine.LocalEngine;
import io.tailrace.loader.hive.MetastoreCatalog;
import io.tailrace.loader.plan.Plan;
import io.tailrace.loader.run.LoadProgress;
import io.tailrace.loader.run.LoadResult;
import io.tailrace.loader.run.LoadRun;
import io.tailrace.loader.run.LoaderLock;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.TableCatalog;
import io.tailrace.loader.task.TaskServices;
import io.tailrace.schemas.HttpSchemaRegistryClient;
import io.tailrace.schemas.SchemaRegistryClient;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Builds a loader from its configuration and runs it. */
public final class Loader {
    private static final Duration REGISTRY_TIMEOUT = Duration.ofSeconds(10);
    private static final int POLL_RECORDS_MAX = 5_000;

    private Loader() {}

    /**
     * Loads topics, one after another.
     *
     * @param loaded gets each result at once, also if a later topic fails
     */
    static List<LoadResult> load(
            LoaderConfig config, List<String> topics, Plan.OnGap onGap, java.util.function.Consumer<LoadResult> loaded)
            throws IOException {
        ConsumerConfig consumer = ConsumerConfig.builder(config.bootstrapServers())
                .group(config.group())
                .offsetReset(OffsetReset.NONE)
                .pollRecordsMax(POLL_RECORDS_MAX)
                .build();
        Supplier<Consumer> consumers = () -> Consumer.create(consumer);
        try (LoaderLock lock = LoaderLock.acquire(config.zookeeperConnect(), config.group());
                Admin admin = Admin.create(ClientConfig.of(config.bootstrapServers()));
                Store store = Store.open(config.outputPath(), hadoop(config));
                TableCatalog catalog = catalog(config)) {
            SchemaRegistryClient registry = new HttpSchemaRegistryClient(config.registry(), REGISTRY_TIMEOUT);
            LoadRun.Dependencies dependencies = new LoadRun.Dependencies(
                    admin,
                    new LocalEngine(config.threads(), new TaskServices(consumers, registry, store, System::nanoTime)),
                    registry,
                    store,
                    catalog,
                    offsets -> {
                        try (Consumer group = consumers.get()) {
                            group.commit(offsets);
                        }
                    },
                    lock,
                    step -> {},
                    progress(),
                    InstantSource.system());
            LoadRun.Settings settings = new LoadRun.Settings(
                    config.outputPath(), config.taskBytesMax(), config.parquet(), config.eventTimeField());
            List<LoadResult> results = new ArrayList<>();
            for (String topic : topics) {
                LoadResult result = new LoadRun(settings, dependencies, topic).run(onGap);
                loaded.accept(result);
                results.add(result);
            }
            return results;
        }
    }

    static Configuration hadoop(LoaderConfig config) {
        Configuration hadoop = new Configuration();
        config.hadoopConfDir().ifPresent(folder -> {
            for (String file : List.of("core-site.xml", "hdfs-site.xml")) {
                hadoop.addResource(new Path(folder.resolve(file).toUri()));
            }
        });
        return hadoop;
    }

    static TableCatalog catalog(LoaderConfig config) {
        return config.metastores().isEmpty()
                ? TableCatalog.NONE
                : new MetastoreCatalog(config.metastores(), config.hiveDatabase());
    }

    /** A bar on a terminal, log lines otherwise. */
    @SuppressWarnings("SystemConsoleNull") // On Java 17 it is null without a terminal.
    private static LoadProgress.Factory progress() {
        return System.console() != null
                ? LoadProgress::bar
                : (topic, records) -> LoadProgress.lines(topic, records, System::nanoTime);
    }
}
