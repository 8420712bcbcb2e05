package io.tailrace.loader;

import io.tailrace.config.ConfigException;
import io.tailrace.config.ConfigOptions;
import io.tailrace.loader.run.HiveSyncRun;
import io.tailrace.loader.run.LoaderLock;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.TableCatalog;
import io.tailrace.process.CommandRunner;
import io.tailrace.process.OutputOptions;
import io.tailrace.process.OutputTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tailrace hive-sync}: registers all tables and hours in Hive's metastore. */
@Command(
        name = "tailrace hive-sync",
        description =
                "Registers the tables of all topics below output.path in Hive's metastore, with all hours that were"
                        + " ever loaded: for a metastore that is new, or has lost tables. Waits up to lock.wait.ms for the lock of group.id.")
public final class HiveSyncCommand implements Callable<Integer> {

    @Mixin
    private final ConfigOptions config = new ConfigOptions();

    @Option(
            names = "--topic",
            paramLabel = "TOPIC",
            description = "Registers only this topic's tables. Can be repeated.")
    private @Nullable List<String> topics;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    public static void main(String[] args) {
        CommandRunner.main(new HiveSyncCommand(), args);
    }

    @Override
    public Integer call() throws Exception {
        LoaderConfig loader = LoaderConfig.of(config.read(LoaderConfig.KEYS));
        if (loader.metastores().isEmpty()) {
            throw new ConfigException("hive.metastore.uris: expected the metastore to register tables in, found none");
        }
        OutputTable table = new OutputTable("TOPIC", "HOURS", "ROWS", "ERROR_HOURS");
        List<String> failures = new ArrayList<>();
        try (LoaderLock lock = LoaderLock.acquire(
                        loader.zookeeperConnect(), loader.group(), loader.run().lockWaitMs());
                Store store = Store.open(loader.outputPath(), Loader.hadoop(loader));
                TableCatalog catalog = Loader.catalog(loader)) {
            for (String topic : topics == null ? HiveSyncRun.topics(store, loader.outputPath()) : topics) {
                try {
                    HiveSyncRun.Result result = new HiveSyncRun(store, catalog, loader.outputPath(), topic, lock).run();
                    table.add(result.topic(), result.hours(), result.rows(), result.errorHours());
                } catch (IOException | RuntimeException e) {
                    failures.add("topic " + topic + ": " + e.getMessage());
                }
            }
        }
        output.print(table);
        failures.forEach(spec.commandLine().getErr()::println);
        return failures.isEmpty() ? 0 : CommandRunner.FAILURE;
    }
}
